// The source of an input's bytes: a file descriptor or memory. It does not interpret the bytes.
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

  /// Reads the available bytes into `room`, which is not empty. Never blocks. Sets `size` if it has read bytes.
  virtual Got read(std::span<char> room, std::size_t& size) = 0;

  /// The descriptor to poll after Got::blocked; -1 if the source never blocks.
  [[nodiscard]] virtual int wait_fd() const { return -1; }

  /// After Got::failed: the reason, as the system describes it.
  [[nodiscard]] virtual std::string reason() const { return {}; }
};

/// A file, pipe, terminal or socket. Does not change its file status flags, which other processes may share.
class FileBytes final : public ByteSource {
 public:
  /// @return the source, or why the file cannot be opened ("No such file or directory")
  static tl::expected<FileBytes, std::string> open(const std::string& path);

  /// Reads from a descriptor that the caller keeps, such as standard input.
  static tl::expected<FileBytes, std::string> borrow(int fd);

  FileBytes(FileBytes&& other) noexcept;

  Got read(std::span<char> room, std::size_t& size) override;
  [[nodiscard]] int wait_fd() const override { return may_block_ ? fd_ : -1; }
  [[nodiscard]] std::string reason() const override;

 private:
  FileBytes(int fd, bool may_block) : fd_(fd), may_block_(may_block) {}

  sys::Fd owner_;  // empty if borrowed
  int fd_;
  bool may_block_;
  int errno_ = 0;
};

/// Bytes in memory. They must outlive the source.
class MemoryBytes final : public ByteSource {
 public:
  /// @param piece maximum number of bytes that one read() returns, at least 1
  explicit MemoryBytes(std::string_view bytes, std::size_t piece = SIZE_MAX) : rest_(bytes), piece_(piece) {}

  Got read(std::span<char> room, std::size_t& size) override;

 private:
  std::string_view rest_;
  std::size_t piece_;
};

}  // namespace prun
