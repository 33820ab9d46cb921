// Asks the kernel for the mask, and cgroup_quota for the quotas.
#include "sys/cpu_budget.hpp"

#include "sys/cgroup_quota.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace prun::sys {
namespace {

/// Works for any size of machine: the mask grows until the kernel's mask fits.
unsigned affinity_count() {
  for (int cpu_count = 1024; cpu_count <= 1024 * 1024; cpu_count *= 2) {
    cpu_set_t* const mask = CPU_ALLOC(static_cast<std::size_t>(cpu_count));
    if (mask == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpu_count));
    const bool known = ::sched_getaffinity(0, size, mask) == 0;
    const int count = known ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (known) return static_cast<unsigned>(std::max(count, 1));
  }
  return static_cast<unsigned>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
}

}  // namespace

unsigned cpu_budget(const CpuBudgetSources& sources) {
  return std::max(1U, std::min(sources.affinity_count, cgroup_cpus(sources.root)));
}

unsigned cpu_budget() { return cpu_budget({"", affinity_count()}); }

std::vector<std::pair<std::string, std::string>> thread_limits(unsigned budget, unsigned workers) {
  constexpr std::array names{"OMP_NUM_THREADS",   "OPENBLAS_NUM_THREADS",   "GOTO_NUM_THREADS",    "MKL_NUM_THREADS",
                             "BLIS_NUM_THREADS",  "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS",
                             "RAYON_NUM_THREADS", "POLARS_MAX_THREADS",     "JULIA_NUM_THREADS",   "GOMAXPROCS"};
  const std::string share = std::to_string(std::max(1U, budget / std::max(1U, workers)));
  std::vector<std::pair<std::string, std::string>> limits;
  for (const char* name : names) {
    if (std::getenv(name) == nullptr) limits.emplace_back(name, share);
  }
  return limits;
}

}  // namespace prun::sys
