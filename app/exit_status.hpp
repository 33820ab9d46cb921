// All exit statuses of prun. It does not know how a run ends.
#pragma once

namespace prun::app {

inline constexpr int all_succeeded = 0;
inline constexpr int some_task_failed = 1;
inline constexpr int usage_or_bad_input = 2;
inline constexpr int prun_failed = 3;

/// As a shell reports a command that was ended by a signal: 130 for SIGINT, 143 for SIGTERM.
[[nodiscard]] constexpr int interrupted_by(int signal) noexcept { return 128 + signal; }

}  // namespace prun::app
