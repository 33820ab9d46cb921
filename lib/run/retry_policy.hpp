// Which failures are tried again, how often, and after what pause. Plain arithmetic.
#pragma once

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>

namespace prun {

struct RetryPolicy {
  std::uint32_t retries = 0;  ///< beyond the first attempt
  std::chrono::nanoseconds delay{0};
  bool on_crash =
      true;  ///< the worker, or the command, was ended by a signal, by exit() in a call, or for want of memory
  bool on_timeout = true;
  bool on_exception = false;
  bool on_exit = false;  ///< the command exited with a status other than 0

  /// A task whose attempt `attempt` (from 1) ended so is to be tried again.
  [[nodiscard]] bool again(FailureKind kind, std::uint32_t attempt) const noexcept;

  /// The pause before attempt `attempt` (from 2) of a task: `delay`, doubled with each, at most a minute or `delay`; half of
  /// it up to one and a half, by chance that depends on the task and the attempt alone, so that tasks which failed together
  /// do not come back together.
  [[nodiscard]] std::chrono::nanoseconds pause_before(std::uint32_t attempt, std::uint64_t index) const noexcept;
};

}  // namespace prun
