// All exit statuses of prun. It does not know how a run ends.
#pragma once

#include <cstdint>

namespace prun::app {

inline constexpr int all_succeeded = 0;
inline constexpr int some_task_failed = 1;
inline constexpr int usage_or_bad_input = 2;
inline constexpr int prun_failed = 3;
/// EX_TEMPFAIL of sysexits.h: the Slurm job ended before all tasks were done.
inline constexpr int try_again_later = 75;

/// The exit status of a run in which tasks failed.
enum class FailureStatus : std::uint8_t {
  any,    ///< some_task_failed
  first,  ///< that of the task that failed first
  count,  ///< the number of failed tasks; 101 for more than 100
};

/// As a shell reports a command that was ended by a signal: 130 for SIGINT, 143 for SIGTERM.
[[nodiscard]] constexpr int interrupted_by(int signal) noexcept { return 128 + signal; }

}  // namespace prun::app
