// Reads /proc/self/cgroup (the groups of this process) and /proc/self/mountinfo (where they are mounted).
#include "sys/cgroup_place.hpp"

#include "sys/proc_text.hpp"

#include <cstddef>
#include <optional>

namespace prun::sys {
namespace {

/// `name` is an element of a comma-separated list.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    if (take(list, ',') == name) return true;
  }
  return false;
}

/// The groups of this process, as in /proc/self/cgroup: "0::/v2/path" and "4:cpu,cpuacct:/v1/path".
struct Groups {
  std::optional<std::string_view> v1;
  std::optional<std::string_view> v2;
};

Groups groups_in(std::string_view text, std::string_view controller) {
  Groups groups;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const std::string_view hierarchy = take(line, ':');
    const std::string_view controllers = take(line, ':');
    if (line.empty() || line.front() != '/') continue;
    if (hierarchy == "0" && controllers.empty()) groups.v2 = line;
    if (lists(controllers, controller)) groups.v1 = line;
  }
  return groups;
}

/// A mounted hierarchy: `root` is the group that is visible at `point`; "/" except in some containers.
struct Mount {
  bool v2 = false;
  std::string root;
  std::string point;
};

/// The kernel writes white space and backslashes in mountinfo as three octal digits.
std::string unescaped(std::string_view field) {
  const auto octal = [&](std::size_t i) { return field[i] >= '0' && field[i] <= '7'; };
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      text += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0'));
      i += 3;
    } else {
      text += field[i];
    }
  }
  return text;
}

/// Parses a line `30 23 0:26 /root /point rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate`. Absent: not a match.
std::optional<Mount> mount_in(std::string_view line, std::string_view controller) {
  for (int skipped = 0; skipped < 3; ++skipped) take(line, ' ');
  const std::string_view root = take(line, ' ');
  const std::string_view point = take(line, ' ');
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  line.remove_prefix(dash + 3);
  const std::string_view type = take(line, ' ');
  take(line, ' ');  // the device
  const bool v2 = type == "cgroup2";
  if (!v2 && !(type == "cgroup" && lists(line, controller))) return std::nullopt;
  return Mount{v2, unescaped(root), unescaped(point)};
}

/// The path from the mount's root to `group`: "" for the same group, "/a/b"; absent if the group is not below that root.
std::optional<std::string_view> below(std::string_view group, std::string_view root) {
  if (root == "/") root = "";
  if (!group.starts_with(root)) return std::nullopt;
  group.remove_prefix(root.size());
  if (group == "/") group = "";
  if (!group.empty() && group.front() != '/') return std::nullopt;
  return group;
}

CgroupPlace place_at(const std::string& root, const Mount& mount, std::string_view group) {
  // If the group is outside the mount, as in a container whose /proc shows the host, the group of the mount counts.
  std::string_view way = below(group, mount.root).value_or("");
  if (way.find("/..") != std::string_view::npos) way = "";
  return {mount.v2, root + (mount.point == "/" ? "" : mount.point), std::string(way)};
}

}  // namespace

std::vector<CgroupPlace> cgroup_places(const std::string& root, std::string_view controller) {
  const std::string own = contents(root + "/proc/self/cgroup");
  const std::string mounts = contents(root + "/proc/self/mountinfo");
  const Groups groups = groups_in(own, controller);
  std::vector<CgroupPlace> places;
  for (std::string_view rest = mounts; !rest.empty();) {
    const std::optional<Mount> mount = mount_in(take(rest, '\n'), controller);
    if (!mount) continue;
    const std::optional<std::string_view>& group = mount->v2 ? groups.v2 : groups.v1;
    if (group) places.push_back(place_at(root, *mount, *group));
  }
  return places;
}

}  // namespace prun::sys
