// Finds the control groups of this process (v1, v2 or both) in the file system.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prun::sys {

/// A group of this process in one mounted hierarchy.
struct CgroupPlace {
  bool v2 = false;
  std::string top;  ///< the folder of the uppermost visible group of the hierarchy
  std::string way;  ///< from there to the process's group: "" for the same, "/a/b"

  [[nodiscard]] std::string folder() const { return top + way; }
};

/// The places in the v2 hierarchy and in the v1 hierarchies that have the controller `controller`.
/// @param root prefix of every path that is read: "" for the machine itself
[[nodiscard]] std::vector<CgroupPlace> cgroup_places(const std::string& root, std::string_view controller);

/// Calls `act` with the folder of each group from the process's own up to the uppermost.
template <typename Act>
void for_each_group(const CgroupPlace& place, Act act) {
  std::string_view way = place.way;
  while (true) {
    act(place.top + std::string(way));
    if (way.empty()) return;
    way = way.substr(0, way.rfind('/'));
  }
}

}  // namespace prun::sys
