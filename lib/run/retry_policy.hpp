// Decides which failures are retried, how often, and after what delay. Pure arithmetic.
#pragma once

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>

namespace prun {

struct RetryPolicy {
  std::uint32_t retries = 0;  ///< in addition to the first attempt
  std::chrono::nanoseconds delay{0};
  bool on_crash = true;  ///< a signal, exit() in a call, or lack of memory ended the worker or the command
  bool on_timeout = true;
  bool on_exception = false;
  bool on_exit = false;  ///< the command exited with a status other than 0

  /// Returns true if a task is to be retried after its attempt `attempt` (from 1) ended with this failure.
  [[nodiscard]] bool again(FailureKind kind, std::uint32_t attempt) const noexcept;

  /// The delay before attempt `attempt` (from 2) of a task: `delay`, doubled each time, at most a minute or `delay`,
  /// multiplied by a random factor from 0.5 to 1.5 that depends only on task and attempt, so that tasks that failed
  /// at the same time do not retry at the same time.
  [[nodiscard]] std::chrono::nanoseconds pause_before(std::uint32_t attempt, std::uint64_t index) const noexcept;
};

}  // namespace prun
