// Passes on the output of a running command in complete lines, to an output of prun that other processes also write to. It never waits
// for the reader or for another writer, so its owner always sees the clock and the end of the command.
//
// It writes in turns. A turn ends with the last line that was complete when the turn began. If others wait then, it gives way to them
// for `longest_pause` at most before its next turn. So a command that writes fast keeps nobody else from writing. It does not give way
// again to those that did not come, because they may have died. After OutputLock::longest_wait it does: a writer that lives has tried
// by then.
#pragma once

#include "command/output_lock.hpp"
#include "sys/shared_terminal.hpp"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::command {

class LineWriter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t usually_waiting = std::size_t{64} << 10;
  static constexpr std::chrono::milliseconds longest_pause{1};

  /// @param tag goes before each line @param lock of the output; it must outlive this
  /// @param terminal on which something may be drawn; null: there is none
  /// @param now what time it is
  LineWriter(std::string tag, OutputLock& lock, sys::SharedTerminal* terminal = nullptr,
             Clock::time_point (*now)() = Clock::now)
      : tag_(std::move(tag)), lock_(&lock), terminal_(terminal), now_(now) {}
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
  /// It waits for other writers, which may not come or may die unnoticed: when to call `write` again; absent: it does not.
  [[nodiscard]] std::optional<std::chrono::milliseconds> longest_wait() const noexcept {
    if (!waits() || holding_) return std::nullopt;
    return gives_way_until_ ? longest_pause : OutputLock::longest_wait;
  }
  /// So much waits that the command should wait too: do not add more.
  [[nodiscard]] bool full() const noexcept { return waits() && complete_ - written_ >= most_waiting_; }
  /// The bytes that it keeps.
  [[nodiscard]] std::size_t memory() const noexcept { return text_.size(); }
  void keep_up_to(std::size_t most_waiting) noexcept { most_waiting_ = most_waiting; }

 private:
  [[nodiscard]] bool still_gives_way() noexcept;
  [[nodiscard]] bool hold();
  [[nodiscard]] bool begin_turn();
  [[nodiscard]] bool write_turn();
  void end_turn() noexcept;
  void release() noexcept;

  std::string tag_;
  OutputLock* lock_;
  sys::SharedTerminal* terminal_;
  Clock::time_point (*now_)();
  std::optional<sys::SharedTerminal::Writing> writing_;
  std::size_t most_waiting_ = usually_waiting;
  std::optional<Clock::time_point> gives_way_until_;
  std::uint32_t last_turn_ = 0;  ///< the lock's count at that time
  std::uint32_t absent_ = 0;     ///< so many waited after the last turn and did not come: they may have died
  Clock::time_point absent_until_{};
  bool holding_ = false;
  bool counted_ = false;  ///< as a writer that waits for the lock
  bool reader_gone_ = false;
  bool in_line_ = false;      ///< the last byte that was added is not a newline
  std::string text_;          ///< with tags
  std::size_t complete_ = 0;  ///< bytes of `text_` that end with a newline
  std::size_t turn_end_ = 0;  ///< bytes of those that this turn writes
  std::size_t written_ = 0;   ///< bytes of those
};

/// `lines` with `tag` before each of them, also before a last line without newline.
[[nodiscard]] std::string tagged(std::string_view lines, std::string_view tag);

}  // namespace prun::command
