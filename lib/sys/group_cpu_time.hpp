// The CPU time of a process group, those of its processes that have ended and been waited for within it included.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace prun::sys {

/// As /proc has it, in steps of a clock tick (10 ms); reads all of /proc. Zero where there is no such group.
[[nodiscard]] std::chrono::microseconds group_cpu_time(pid_t group);

}  // namespace prun::sys
