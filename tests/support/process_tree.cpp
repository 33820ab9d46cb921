// Looks at other processes through /proc; see process_tree.hpp.
#include "process_tree.hpp"

#include "sys/proc_text.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>

namespace prun::test {
namespace {

struct Stat {
  pid_t parent = 0;
  char state = '?';
};

/// Nothing where the process has ended, also between opening the file and reading it, of which an iterator of a stream makes an
/// exception: that failed a test now and then.
std::string content_of(const std::string& path) { return sys::contents(path); }

/// /proc/PID/stat: the name in parentheses may hold anything, so the fields begin behind the last one.
std::optional<Stat> stat_of(pid_t pid) {
  const std::string text = content_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Stat stat;
  std::istringstream(text.substr(name_end + 1)) >> stat.state >> stat.parent;
  return stat;
}

std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    const auto stat = stat_of(pid);
    if (stat && stat->state != 'Z') children.emplace(stat->parent, pid);
  }
  return children;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t pid) {
  const auto children = children_by_parent();
  std::vector<pid_t> found;
  std::vector<pid_t> parents{pid};
  while (!parents.empty()) {
    const auto [first, last] = children.equal_range(parents.back());
    parents.pop_back();
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
      parents.push_back(child->second);
    }
  }
  return found;
}

std::string name_of(pid_t pid) {
  const std::string name = content_of("/proc/" + std::to_string(pid) + "/comm");
  return name.substr(0, name.find('\n'));
}

Witness::Witness(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (fd >= 0) pidfds_.push_back(fd);
  }
}

Witness::~Witness() {
  for (const int fd : pidfds_) ::close(fd);
}

bool Witness::all_ended_within(std::chrono::milliseconds limit) const {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  return std::all_of(pidfds_.begin(), pidfds_.end(), [&](int fd) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ended{fd, POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(std::max<long>(left.count(), 0))) == 1;
  });
}

std::string describe_tree(pid_t pid) {
  auto pids = descendants_of(pid);
  pids.insert(pids.begin(), pid);
  std::string text;
  for (const pid_t each : pids) {
    const std::string folder = "/proc/" + std::to_string(each) + "/";
    const std::string name = content_of(folder + "comm");
    const auto stat = stat_of(each);
    text += std::to_string(each) + " " + name.substr(0, name.find('\n')) + " state " + (stat ? stat->state : '-') +
            " in " + content_of(folder + "wchan") + ", system call " + content_of(folder + "syscall");
    if (text.back() != '\n') text += '\n';
  }
  return text;
}

}  // namespace prun::test
