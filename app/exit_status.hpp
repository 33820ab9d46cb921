// What prun's exit status says, in one place. It does not know how a run comes to its end.
#pragma once

namespace prun::app {

inline constexpr int all_succeeded = 0;
inline constexpr int some_task_failed = 1;
inline constexpr int usage_or_bad_input = 2;
inline constexpr int prun_failed = 3;

/// As a shell reports a command that a signal ended: 130 for SIGINT, 143 for SIGTERM.
[[nodiscard]] constexpr int interrupted_by(int signal) noexcept { return 128 + signal; }

}  // namespace prun::app
