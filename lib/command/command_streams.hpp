// The pipes of a running command: what it reads and what it writes. Knows nothing of the process behind them.
#pragma once

#include "command/captured_output.hpp"
#include "command/command_result.hpp"
#include "command/command_run.hpp"
#include "command/line_writer.hpp"
#include "sys/fd.hpp"

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::command {

/// One output of a running command.
class OutputStream {
 public:
  /// @param own prun's descriptor of the same meaning
  /// @param lock of the lines; null unless they are passed on
  OutputStream(Streams streams, int own, const std::string& tag, OutputLock* lock, PassingOn passing_on);

  [[nodiscard]] int for_child() const noexcept { return write_ ? write_.get() : target_; }
  void child_has_it() noexcept { write_.reset(); }
  /// Readable when there is something to serve; -1: it must not be read now.
  [[nodiscard]] int fd() const noexcept { return captured_.full() || (lines_ && lines_->full()) ? -1 : read_.get(); }
  [[nodiscard]] bool open() const noexcept { return static_cast<bool>(read_); }
  /// It may have something that can be read now.
  [[nodiscard]] bool accepts() const noexcept { return fd() >= 0; }
  /// What to poll for what waits until prun's own output accepts it. Without a descriptor: nothing waits.
  [[nodiscard]] pollfd wait_for() const noexcept {
    return lines_ ? lines_->wait_for() : pollfd{captured_.waits_for(), POLLOUT, 0};
  }
  /// When to call `serve` again although nothing is ready; absent: never.
  [[nodiscard]] std::optional<std::chrono::milliseconds> longest_wait() const noexcept {
    return lines_ ? lines_->longest_wait() : std::nullopt;
  }
  /// Lines that must be written before the command's result is told.
  [[nodiscard]] bool has_lines() const noexcept { return lines_ && lines_->waits(); }

  /// After poll(2). @param room of `wait_for()`
  void serve(short events, short room);
  /// The command ends: everything is read, however slow the reader is.
  void read_all() noexcept;
  /// Nothing is read that is written from here on. Call it again as long as the stream is open: it may fail for a while.
  void end_here();
  /// Nothing more is read.
  void close();

  [[nodiscard]] CommandResult::Output output(const SpilledFiles& spilled);

 private:
  bool pass_lines();

  int target_;
  sys::Fd read_;
  sys::Fd write_;
  CapturedOutput captured_;
  std::optional<LineWriter> lines_;
};

/// What is still to be written to a command's standard input.
class InputFeed {
 public:
  /// Bytes, and behind them a part of a file.
  struct Content {
    std::string_view bytes{};
    int file = -1;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  /// @param instead what it reads where there are no bytes: the terminal, for example; -1: it reads nothing
  explicit InputFeed(const Content& content, int instead = -1);

  [[nodiscard]] int for_child() const noexcept { return read_ ? read_.get() : instead_; }
  void child_has_it() noexcept { read_.reset(); }
  [[nodiscard]] int fd() const noexcept { return write_.get(); }

  /// After poll(2).
  void serve(short events);

 private:
  ssize_t feed();

  Content left_;
  sys::Fd read_;
  sys::Fd write_;
  int instead_ = -1;
};

}  // namespace prun::command
