// Looks from time to time at the CPU time that a command has used with all that it has started.
#pragma once

#include "command/stop_sequence.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

namespace prun::command {

class CpuWatch {
 public:
  using Clock = StopSequence::Clock;

  /// Made before the command is started. @param limit 0: none
  explicit CpuWatch(std::chrono::microseconds limit);

  /// When to look again: as soon as all CPUs together could have used the rest, but not all the time.
  [[nodiscard]] std::optional<Clock::time_point> next() const noexcept {
    return limit_.count() != 0 ? std::optional(due_) : std::nullopt;
  }
  /// Looks where it is time to. True: the limit is reached.
  [[nodiscard]] bool reached();

 private:
  std::chrono::microseconds limit_;
  std::chrono::microseconds until_{};  ///< of this process and what it has waited for, and of what the command starts
  std::vector<pid_t> left_behind_;     ///< by earlier commands: no business of this one
  Clock::time_point due_{};
};

}  // namespace prun::command
