// Where an input's bytes come from: a file descriptor, or memory. It does not know what the bytes mean.
#pragma once

#include "sys/fd.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace prun {

class ByteSource {
 public:
  enum class Got : std::uint8_t { bytes, blocked, end, failed };

  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Reads into `room`, which is not empty, what is there already; never waits. `size` is set where bytes were got.
  virtual Got read(std::span<char> room, std::size_t& size) = 0;

  /// What to wait on after Got::blocked; -1 where that never comes.
  [[nodiscard]] virtual int wait_fd() const { return -1; }

  /// After Got::failed: why, in the system's words.
  [[nodiscard]] virtual std::string reason() const { return {}; }
};

/// A file, pipe, terminal or socket. Its file status flags, which other processes may share, are left as they are.
class FileBytes final : public ByteSource {
 public:
  /// @return the source, or why the file cannot be opened ("No such file or directory")
  static tl::expected<FileBytes, std::string> open(const std::string& path);

  /// Reads from a descriptor that stays its owner's, such as standard input.
  static tl::expected<FileBytes, std::string> borrow(int fd);

  FileBytes(FileBytes&& other) noexcept;

  Got read(std::span<char> room, std::size_t& size) override;
  [[nodiscard]] int wait_fd() const override { return may_block_ ? fd_ : -1; }
  [[nodiscard]] std::string reason() const override;

 private:
  FileBytes(int fd, bool may_block) : fd_(fd), may_block_(may_block) {}

  sys::Fd owner_;  // empty where borrowed
  int fd_;
  bool may_block_;
  int errno_ = 0;
};

/// Bytes that are all there. They must outlive the source.
class MemoryBytes final : public ByteSource {
 public:
  /// @param piece the most bytes that one read() hands out, at least 1
  explicit MemoryBytes(std::string_view bytes, std::size_t piece = SIZE_MAX) : rest_(bytes), piece_(piece) {}

  Got read(std::span<char> room, std::size_t& size) override;

 private:
  std::string_view rest_;
  std::size_t piece_;
};

}  // namespace prun
