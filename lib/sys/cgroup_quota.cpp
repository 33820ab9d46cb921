// Reads /proc/self/cgroup (where this process is), /proc/self/mountinfo (where that is to be seen) and there the quota of
// each group from the process's own up to the root.
#include "sys/cgroup_quota.hpp"

#include "sys/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace prun::sys {
namespace {

/// The file's bytes, or nothing: /proc and /sys give no size in advance.
std::string contents(const std::string& path) {
  std::string text;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return text;
  std::array<char, 4096> block{};
  ssize_t n = 0;
  while ((n = ::read(file.get(), block.data(), block.size())) > 0)
    text.append(block.data(), static_cast<std::size_t>(n));
  return text;
}

/// Takes what stands before the next `separator` off `text`.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

/// `name` is one of a list with commas between.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    if (take(list, ',') == name) return true;
  }
  return false;
}

std::optional<std::uint64_t> positive_number(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
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
  return cpus(positive_number(contents(group + "/cpu.cfs_quota_us")),
              positive_number(contents(group + "/cpu.cfs_period_us")));
}

/// The groups of this process as /proc/self/cgroup has them: "0::/v2/path" and "4:cpu,cpuacct:/v1/path".
struct Groups {
  std::optional<std::string_view> v1;
  std::optional<std::string_view> v2;
};

Groups groups_in(std::string_view text) {
  Groups groups;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const std::string_view hierarchy = take(line, ':');
    const std::string_view controllers = take(line, ':');
    if (line.empty() || line.front() != '/') continue;
    if (hierarchy == "0" && controllers.empty()) groups.v2 = line;
    if (lists(controllers, "cpu")) groups.v1 = line;
  }
  return groups;
}

/// A mounted hierarchy: `root` is the group that is to be seen at `point`, "/" but in some containers.
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

/// A line is `30 23 0:26 /root /point rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate`; absent: not one of CPU groups.
std::optional<Mount> mount_in(std::string_view line) {
  for (int skipped = 0; skipped < 3; ++skipped) take(line, ' ');
  const std::string_view root = take(line, ' ');
  const std::string_view point = take(line, ' ');
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) return std::nullopt;
  line.remove_prefix(dash + 3);
  const std::string_view type = take(line, ' ');
  take(line, ' ');  // the device
  const bool v2 = type == "cgroup2";
  if (!v2 && !(type == "cgroup" && lists(line, "cpu"))) return std::nullopt;
  return Mount{v2, unescaped(root), unescaped(point)};
}

/// The way from the mount's root down to `group`: "" for itself, "/a/b"; absent where the group is not below that root.
std::optional<std::string_view> below(std::string_view group, std::string_view root) {
  if (root == "/") root = "";
  if (!group.starts_with(root)) return std::nullopt;
  group.remove_prefix(root.size());
  if (group == "/") group = "";
  if (!group.empty() && group.front() != '/') return std::nullopt;
  return group;
}

/// The least limit of the groups from `top + way` up to `top`.
template <typename Limit>
unsigned least_on_way(const std::string& top, std::string_view way, Limit limit) {
  unsigned least = no_cgroup_limit;
  while (true) {
    least = std::min(least, limit(top + std::string(way)));
    if (way.empty()) return least;
    way = way.substr(0, way.rfind('/'));
  }
}

unsigned limit_at(const std::string& root, const Mount& mount, std::string_view group) {
  // A group outside what is mounted, as a container sees it whose /proc tells of the host: the mount's own limit holds.
  const std::string_view way = below(group, mount.root).value_or("");
  const std::string top = root + (mount.point == "/" ? "" : mount.point);
  return least_on_way(top, way.find("/..") == std::string_view::npos ? way : "", mount.v2 ? limit_v2 : limit_v1);
}

}  // namespace

unsigned cgroup_cpus(const std::string& root) {
  const std::string own = contents(root + "/proc/self/cgroup");
  const std::string mounts = contents(root + "/proc/self/mountinfo");
  const Groups groups = groups_in(own);
  unsigned least = no_cgroup_limit;
  for (std::string_view rest = mounts; !rest.empty();) {
    const std::optional<Mount> mount = mount_in(take(rest, '\n'));
    if (!mount) continue;
    const std::optional<std::string_view>& group = mount->v2 ? groups.v2 : groups.v1;
    if (group) least = std::min(least, limit_at(root, *mount, *group));
  }
  return least;
}

}  // namespace prun::sys
