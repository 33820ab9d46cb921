// The CPU quota of this process's control groups (v1, v2 or both). It does not know affinity or workers.
#pragma once

#include <limits>
#include <string>

namespace prun::sys {

inline constexpr unsigned no_cgroup_limit = std::numeric_limits<unsigned>::max();

/// The number of CPUs in the smallest quota of this process's groups and their parents, rounded up.
/// @param root prefix of every path that is read: "" for the machine itself
/// @return `no_cgroup_limit` if there is no quota; unreadable or invalid values set none
[[nodiscard]] unsigned cgroup_cpus(const std::string& root);

}  // namespace prun::sys
