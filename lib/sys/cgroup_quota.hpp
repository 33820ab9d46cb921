// The CPU quota that control groups (v1, v2 or both) put on this process. Knows nothing of affinity or workers.
#pragma once

#include <limits>
#include <string>

namespace prun::sys {

inline constexpr unsigned no_cgroup_limit = std::numeric_limits<unsigned>::max();

/// CPUs that the tightest quota of this process's groups and their parents allows, rounded up.
/// @param root stands before every path that is read: "" for the machine itself
/// @return `no_cgroup_limit` where no quota is set; what cannot be read or makes no sense sets none
[[nodiscard]] unsigned cgroup_cpus(const std::string& root);

}  // namespace prun::sys
