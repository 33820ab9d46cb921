// The CPU time of another process, as /proc tells it.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace prun::sys {

/// What process `pid`, and those that it has waited for, have used, to a clock tick (10 ms as a rule); 0 where it is not there.
[[nodiscard]] std::chrono::microseconds cpu_time_of(pid_t pid);

}  // namespace prun::sys
