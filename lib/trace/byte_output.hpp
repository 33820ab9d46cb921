// Where the bytes of a trace go: to a file, as they are or compressed by gzip. It knows no format of traces.
#pragma once

#include "sys/whole_file.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace prun::trace {

class ByteOutput {
 public:
  ByteOutput() = default;
  ByteOutput(const ByteOutput&) = delete;
  ByteOutput& operator=(const ByteOutput&) = delete;
  virtual ~ByteOutput() = default;

  /// @throws std::exception if the bytes cannot be written
  virtual void write(std::string_view bytes) = 0;
  /// Writes the bytes of `block` and leaves it empty. It may get the memory of another block.
  virtual void take(std::string& block) {
    write(block);
    block.clear();
  }
  /// Call it once, after the last write.
  virtual void finish() = 0;
};

class FileOutput final : public ByteOutput {
 public:
  explicit FileOutput(sys::WholeFile& file) : file_(&file) {}
  void write(std::string_view bytes) override { file_->write(bytes); }
  void finish() override {}

 private:
  sys::WholeFile* file_;
};

/// Passes blocks on to `to` in a thread of its own, so that one block is made while another is written. Null if there is only one CPU,
/// or no thread can be started. An error of `to` is thrown by a later call.
[[nodiscard]] std::unique_ptr<ByteOutput> make_background_output(ByteOutput& to);

/// This prun was built with zlib.
[[nodiscard]] bool can_compress() noexcept;

/// Passes the bytes on to `to`, compressed. Requires `can_compress()`.
[[nodiscard]] std::unique_ptr<ByteOutput> make_gzip_output(ByteOutput& to);

/// Collects small pieces and passes them on in large ones.
class BufferedBytes {
 public:
  explicit BufferedBytes(ByteOutput& to) : to_(&to) { bytes_.reserve(full + reserve); }

  /// Append to it, then call `pass_on_if_full`.
  [[nodiscard]] std::string& bytes() noexcept { return bytes_; }
  void pass_on_if_full() {
    if (bytes_.size() >= full) pass_on();
  }
  void finish() {
    pass_on();
    to_->finish();
  }

 private:
  static constexpr std::size_t full = std::size_t{256} << 10U;
  static constexpr std::size_t reserve = std::size_t{16} << 10U;

  void pass_on() {
    to_->take(bytes_);
    bytes_.reserve(full + reserve);
  }

  ByteOutput* to_;
  std::string bytes_;
};

}  // namespace prun::trace
