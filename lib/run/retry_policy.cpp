#include "run/retry_policy.hpp"

#include <prun/context.hpp>

#include <algorithm>

namespace prun {

bool RetryPolicy::again(FailureKind kind, std::uint32_t attempt) const noexcept {
  if (attempt > retries) return false;
  switch (kind) {
    case FailureKind::lost_signal:
    case FailureKind::lost_exit:
    case FailureKind::signal:
    case FailureKind::out_of_memory: return on_crash;
    case FailureKind::timeout:
    case FailureKind::cpu_limit: return on_timeout;
    case FailureKind::interrupted:
    case FailureKind::terminal: return false;
    case FailureKind::exception: return on_exception;
    case FailureKind::exit: return on_exit;
    case FailureKind::bad_arguments:
    case FailureKind::bad_result:
    case FailureKind::cancelled:
    case FailureKind::worker_start: break;
  }
  return false;
}

std::chrono::nanoseconds RetryPolicy::pause_before(std::uint32_t attempt, std::uint64_t index) const noexcept {
  const std::chrono::duration<double> longest = std::max<std::chrono::nanoseconds>(std::chrono::minutes(1), delay);
  const double doubled = static_cast<double>(std::uint64_t{1} << std::min<std::uint32_t>(attempt - 2, 40));
  const std::chrono::duration<double> pause = std::min(std::chrono::duration<double>(delay) * doubled, longest);
  const std::uint64_t chance = TaskContext{index, attempt, attempt}.seed();
  const double part = 0.5 + static_cast<double>(chance >> 11) * 0x1p-53;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(pause * part);
}

}  // namespace prun
