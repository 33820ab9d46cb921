// The CPU time of another process, from /proc.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace prun::sys {

/// CPU time of process `pid` and its reaped children, to a clock tick (usually 10 ms); 0 if there is no such process.
[[nodiscard]] std::chrono::microseconds cpu_time_of(pid_t pid);

}  // namespace prun::sys
