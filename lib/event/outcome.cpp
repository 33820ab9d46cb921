// The names of failure kinds. JSON output and journals contain them, so they must never change.
#include <prun/outcome.hpp>

namespace prun {

const char* name_of(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::exception: return "exception";
    case FailureKind::lost_signal: return "lost_signal";
    case FailureKind::lost_exit: return "lost_exit";
    case FailureKind::bad_arguments: return "bad_arguments";
    case FailureKind::bad_result: return "bad_result";
    case FailureKind::timeout: return "timeout";
    case FailureKind::cancelled: return "cancelled";
    case FailureKind::worker_start: return "worker_start";
    case FailureKind::exit: return "exit";
    case FailureKind::signal: return "signal";
    case FailureKind::out_of_memory: return "out_of_memory";
    case FailureKind::cpu_limit: return "cpu_limit";
    case FailureKind::interrupted: return "interrupted";
    case FailureKind::terminal: return "terminal";
  }
  return "unknown";
}

}  // namespace prun
