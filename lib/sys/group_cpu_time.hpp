// The CPU time of a process group, those of its processes that have ended and been waited for within it included.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace prun::sys {

struct ProcessCpuTime {
  pid_t pid;
  std::chrono::microseconds time;  ///< with that of the processes that it has waited for
};

/// Of each process of the group, as /proc has it, in steps of a clock tick (10 ms); reads all of /proc.
[[nodiscard]] std::vector<ProcessCpuTime> group_cpu_times(pid_t group);

/// Their sum; zero where there is no such group.
[[nodiscard]] std::chrono::microseconds group_cpu_time(pid_t group);

}  // namespace prun::sys
