// Reads the quota of each group from the process's own up to the root.
#include "sys/cgroup_quota.hpp"

#include "sys/cgroup_place.hpp"
#include "sys/proc_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prun::sys {
namespace {

std::optional<std::uint64_t> positive_number(std::string_view text) {
  const auto number = number_in(text);
  return number == 0U ? std::nullopt : number;
}

/// CPUs that a quota of `quota` microseconds in each `period` amounts to, rounded up.
unsigned cpus(std::optional<std::uint64_t> quota, std::optional<std::uint64_t> period) {
  if (!quota || !period) return no_cgroup_limit;
  const std::uint64_t whole = *quota / *period + (*quota % *period != 0 ? 1 : 0);
  return static_cast<unsigned>(std::min<std::uint64_t>(whole, no_cgroup_limit));
}

/// v2: one file, "150000 100000" or "max 100000".
unsigned limit_v2(const std::string& group) {
  const std::string text = contents(group + "/cpu.max");
  std::string_view rest = text;
  const std::string_view quota = take(rest, ' ');
  return cpus(positive_number(quota), positive_number(rest));
}

/// v1: a file each, and a quota of -1 for none.
unsigned limit_v1(const std::string& group) {
  const auto quota = positive_number(contents(group + "/cpu.cfs_quota_us"));
  return quota ? cpus(quota, positive_number(contents(group + "/cpu.cfs_period_us"))) : no_cgroup_limit;
}

}  // namespace

unsigned cgroup_cpus(const std::string& root) {
  unsigned least = no_cgroup_limit;
  for (const CgroupPlace& place : cgroup_places(root, "cpu")) {
    for_each_group(place, [&](const std::string& group) {
      least = std::min(least, place.v2 ? limit_v2(group) : limit_v1(group));
    });
  }
  return least;
}

}  // namespace prun::sys
