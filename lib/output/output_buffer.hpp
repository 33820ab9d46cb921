// Bytes on their way to a file descriptor, written in large blocks. It does not know what the bytes mean, only where a
// record ends: what it writes ends with a whole record, so that a reader never sees half a line that stays half.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace prun {

/// Not thread-safe. The process must ignore SIGPIPE.
class OutputBuffer {
 public:
  static constexpr std::size_t block_size = std::size_t{64} * 1024;

  /// Asked each time a signal interrupts a write that waits for its reader, or a write was taken only in part (which
  /// may be a signal's work too). True: the output is given up, `closed()` becomes true and the rest is dropped.
  /// Without it every such write goes on.
  using GiveUp = std::function<bool()>;

  /// @param fd stays the caller's, and open as long as this object lives
  /// @param name for error messages: "standard output"
  OutputBuffer(int fd, std::string name, GiveUp give_up = {});
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;
  /// Flushes, without a word where that fails; does nothing in a child process that inherited the object.
  ~OutputBuffer();

  /// Append one record to this string, nothing else; it becomes part of the output with `commit()`.
  [[nodiscard]] std::string& record() noexcept { return text_; }

  /// The record is whole. Writes only where a block is full.
  /// @throws std::system_error naming the output, where writing fails (but not where the reader is gone)
  void commit() {
    if (text_.size() < block_size && !closed_) {
      whole_ = text_.size();
    } else {
      commit_full_block();
    }
  }

  /// One record at once.
  void write(std::string_view text) {
    text_.append(text);
    commit();
  }

  /// Writes every record that is whole. @throws as `commit`
  void flush();

  /// Flushes, then writes `size` bytes of a file from `offset` on, without taking them into memory where the system can.
  /// @throws as `commit`
  void copy_from(int file, off_t offset, std::uint64_t size);

  /// What stands in `other`, told before, is written before what comes next here, for who sees both in one place.
  /// @throws as `commit`, of the other
  void follow(OutputBuffer& other) {
    if (!other.empty()) [[unlikely]]
      other.flush();
  }

  /// Nothing more will be written: the reader is gone, the output was given up, or an error was thrown.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// No whole record waits to be written.
  [[nodiscard]] bool empty() const noexcept { return whole_ == 0; }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  void commit_full_block();
  void write_out(std::size_t n);
  [[nodiscard]] bool given_up() const { return give_up_ && give_up_(); }
  bool wait_until_writable();
  bool go_on_after(ssize_t written);
  void close() noexcept;
  [[noreturn]] void fail(std::string_view written, int error);

  int fd_;
  std::string name_;
  GiveUp give_up_;
  std::string text_;
  std::size_t whole_ = 0;  ///< so many bytes of `text_` are whole records
  pid_t owner_;
  bool closed_ = false;
};

}  // namespace prun
