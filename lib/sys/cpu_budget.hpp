// The number of CPUs that this process may use: the minimum of its affinity mask and the quotas of its control groups (v1
// and v2). It does not know workers.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace prun::sys {

/// The sources of the budget, so that a test can set them.
struct CpuBudgetSources {
  std::string root;             ///< prefix of every path that is read: "" for the machine itself
  unsigned affinity_count = 1;  ///< CPUs in the affinity mask
};

/// At least 1. A quota of one and a half CPUs counts as 2, because otherwise the half CPU would be idle. Unreadable or
/// invalid values set no limit.
[[nodiscard]] unsigned cpu_budget(const CpuBudgetSources& sources);

/// The same for this process on this machine.
[[nodiscard]] unsigned cpu_budget();

/// The environment of one of `workers` workers that share `budget` CPUs. It tells libraries that start threads (OpenMP,
/// BLAS, ...) their share, at least 1. Variables that this process already has are left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> thread_limits(unsigned budget, unsigned workers);

}  // namespace prun::sys
