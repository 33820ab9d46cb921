// A terminal on which one process draws below the output, while other processes write lines. A process that writes first clears the
// drawing, and nothing is drawn in the middle of written text. It uses one word and one lock in shared memory. A process that dies
// releases the lock.
#pragma once

#include "sys/shared_memory.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prun::sys {

class SharedTerminal {
 public:
  /// Clears the drawing.
  static constexpr std::string_view clear_drawing = "\r\x1b[J";

  /// Create it before the other processes are started. @param first, second descriptors of the terminal; -1: there is no second one
  /// @throws std::system_error
  explicit SharedTerminal(int first, int second = -1);
  SharedTerminal(const SharedTerminal&) = delete;
  SharedTerminal& operator=(const SharedTerminal&) = delete;

  /// While it exists, this process may write whole lines, and nothing is drawn.
  class Writing {
   public:
    /// @param terminal null: there is none @param fd the descriptor that is written to
    Writing(SharedTerminal* terminal, int fd);
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing();

   private:
    SharedTerminal* terminal_;
  };

  /// Task `index` writes to `fd` from now on, until it ends: nothing is drawn.
  void begin_task(std::uint64_t index, int fd);
  /// Records whether the output of the task ends with a newline.
  void note_line_end(int fd, bool at_line_end) noexcept;

  // For the process that draws.
  [[nodiscard]] bool try_lock() noexcept;
  void unlock() noexcept;
  [[nodiscard]] bool drawn() const noexcept;
  void set_drawn(bool drawn) noexcept;
  [[nodiscard]] bool in_line() const noexcept;
  void set_in_line(bool in_line) noexcept;
  /// The task that was the last to begin writing. It may have ended.
  [[nodiscard]] std::optional<std::uint64_t> writing_task() const noexcept;

 private:
  struct State;
  [[nodiscard]] State& state() const noexcept;
  [[nodiscard]] bool is_terminal(int fd) const noexcept { return fd == first_ || fd == second_; }
  void lock() noexcept;
  void take_drawing_away(int fd) noexcept;

  SharedMemory memory_;
  int first_;
  int second_;
};

}  // namespace prun::sys
