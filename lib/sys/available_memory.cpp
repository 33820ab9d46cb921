#include "sys/available_memory.hpp"

#include "sys/cgroup_place.hpp"
#include "sys/proc_text.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace prun::sys {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

struct Names {
  const char* limit;
  const char* used;
  const char* cached;  ///< in memory.stat
};
constexpr Names names_v2{"/memory.max", "/memory.current", "inactive_file"};
constexpr Names names_v1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};

std::uint64_t left_in(const std::string& group, const Names& names) {
  const auto limit = number_in(contents(group + names.limit));  // "max" is not a number: no limit
  const auto used = number_in(contents(group + names.used));
  if (!limit || !used) return no_limit;
  const std::uint64_t cached = number_behind(contents(group + "/memory.stat"), names.cached).value_or(0);
  const std::uint64_t taken = *used - std::min(*used, cached);
  return *limit - std::min(*limit, taken);
}

}  // namespace

std::uint64_t available_memory(const std::string& root) {
  const auto kib = number_behind(contents(root + "/proc/meminfo"), "MemAvailable");
  std::uint64_t available = kib ? *kib * 1024 : no_limit;
  for (const CgroupPlace& place : cgroup_places(root, "memory")) {
    for_each_group(place, [&](const std::string& group) {
      available = std::min(available, left_in(group, place.v2 ? names_v2 : names_v1));
    });
  }
  return available;
}

}  // namespace prun::sys
