// How many CPUs this process may use: its affinity mask and the quotas of its control groups (v1 and v2), whichever is
// least. Knows no worker; what to do with the number is for others.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace prun::sys {

/// What the budget is made of, so that a test can make one up.
struct CpuBudgetSources {
  std::string root;             ///< stands before every path that is read: "" for the machine itself
  unsigned affinity_count = 1;  ///< CPUs in the affinity mask
};

/// At least 1. A quota of one and a half CPUs counts as 2: the half would lie idle otherwise. What cannot be read or
/// makes no sense sets no limit.
[[nodiscard]] unsigned cpu_budget(const CpuBudgetSources& sources);

/// The same for this process on this machine.
[[nodiscard]] unsigned cpu_budget();

/// The environment of a worker that shares `budget` CPUs with others, `workers` in all: each library that starts threads
/// of its own (OpenMP, BLAS, ...) is told the share, at least 1. A variable that this process has already is left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> thread_limits(unsigned budget, unsigned workers);

}  // namespace prun::sys
