// Checks from time to time the CPU time that a command and its descendants have used.
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

  /// Create it before the command starts. @param limit 0: none
  explicit CpuWatch(std::chrono::microseconds limit);

  /// The time of the next check: when all CPUs together could have used the rest, but not too often.
  [[nodiscard]] std::optional<Clock::time_point> next() const noexcept {
    return limit_.count() != 0 ? std::optional(due_) : std::nullopt;
  }
  /// Checks if it is time to. Returns true if the limit is reached.
  [[nodiscard]] bool reached();

 private:
  std::chrono::microseconds limit_;
  std::chrono::microseconds until_{};  ///< of this process, its reaped children, and what the command starts
  std::vector<pid_t> left_behind_;     ///< by earlier commands; they do not count for this one
  Clock::time_point due_{};
};

}  // namespace prun::command
