// Passes on the output of a running command in complete lines, to a descriptor that other processes also write to. It never waits for
// the reader or for another writer, so its owner always sees the clock and the end of the command.
#pragma once

#include "command/output_lock.hpp"
#include "sys/shared_terminal.hpp"

#include <poll.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace prun::command {

class LineWriter {
 public:
  static constexpr std::size_t usually_waiting = std::size_t{64} << 10;

  /// @param tag goes before each line @param lock must outlive it
  /// @param terminal on which something may be drawn; null: there is none
  LineWriter(int fd, std::string tag, OutputLock& lock, sys::SharedTerminal* terminal = nullptr)
      : fd_(fd), tag_(std::move(tag)), lock_(&lock), terminal_(terminal) {}
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  ~LineWriter();

  /// Adds output, and writes what is accepted now. @throws OutputError where the descriptor takes no more; not where nobody reads
  void add(std::string_view bytes);
  /// Adds a newline to the last line if it has none. @throws as `add`
  void finish();
  /// Writes what is accepted now. @throws as `add`
  void write();

  /// Some lines are not written yet.
  [[nodiscard]] bool waits() const noexcept { return written_ < complete_; }
  /// What to poll while it waits; without a descriptor: nothing waits.
  [[nodiscard]] pollfd wait_for() const noexcept;
  /// It waits for another writer, which may die unnoticed: call `write` again after OutputLock::longest_wait.
  [[nodiscard]] bool waits_for_writer() const noexcept { return waits() && !holding_; }
  /// So much waits that the command should wait too: do not add more.
  [[nodiscard]] bool full() const noexcept { return waits() && complete_ - written_ >= most_waiting_; }
  void keep_up_to(std::size_t most_waiting) noexcept { most_waiting_ = most_waiting; }

 private:
  [[nodiscard]] bool hold();
  void release() noexcept;
  void drop_written() noexcept;

  int fd_;
  std::string tag_;
  OutputLock* lock_;
  sys::SharedTerminal* terminal_;
  std::optional<sys::SharedTerminal::Writing> writing_;
  std::size_t most_waiting_ = usually_waiting;
  bool holding_ = false;
  bool counted_ = false;  ///< as a writer that waits for the lock
  bool reader_gone_ = false;
  bool in_line_ = false;      ///< the last byte that was added is not a newline
  std::string text_;          ///< with tags
  std::size_t complete_ = 0;  ///< bytes of `text_` that end with a newline
  std::size_t written_ = 0;   ///< bytes of those
};

/// `lines` with `tag` before each of them, also before a last line without newline.
[[nodiscard]] std::string tagged(std::string_view lines, std::string_view tag);

}  // namespace prun::command
