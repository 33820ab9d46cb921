#include "sys/process_tree.hpp"

#include "sys/proc_text.hpp"

#include <dirent.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::sys {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// The entries of a folder whose names are numbers: processes in /proc, threads in /proc/PID/task.
std::vector<pid_t> numbers_in(const std::string& path) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, CloseDirectory> folder(::opendir(path.c_str()));
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {  // NOLINT(concurrency-mt-unsafe)
    if (const auto number = number_in(entry->d_name)) numbers.push_back(static_cast<pid_t>(*number));
  }
  return numbers;
}

std::optional<pid_t> parent_of(pid_t pid) {
  const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');  // the name may contain anything
  if (name_end == std::string::npos || name_end + 4 > stat.size()) return std::nullopt;
  std::string_view rest = std::string_view(stat).substr(name_end + 4);  // ") S "
  const auto parent = number_in(take(rest, ' '));
  return parent ? std::optional(static_cast<pid_t>(*parent)) : std::nullopt;
}

/// For a kernel without /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN).
std::vector<pid_t> children_by_scan(pid_t pid) {
  std::vector<pid_t> children;
  for (const pid_t other : all_processes()) {
    if (parent_of(other) == pid) children.push_back(other);
  }
  return children;
}

void append_children(const std::string& path, std::vector<pid_t>& children) {
  const std::string text = contents(path);
  std::string_view rest = text;
  while (!rest.empty()) {
    if (const auto child = number_in(take(rest, ' '))) children.push_back(static_cast<pid_t>(*child));
  }
}

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  static const bool listed =
      ::access("/proc/self/task", F_OK) != 0 ||
      ::access(("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(), F_OK) == 0;
  if (!listed) return children_by_scan(pid);
  std::vector<pid_t> children;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const pid_t thread : numbers_in(tasks)) {
    append_children(tasks + '/' + std::to_string(thread) + "/children", children);
  }
  return children;
}

std::vector<pid_t> descendants_of(pid_t pid) {
  std::vector<pid_t> found = children_of(pid);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<pid_t> next = children_of(found[i]);
    found.insert(found.end(), next.begin(), next.end());
  }
  return found;
}

std::vector<pid_t> all_processes() { return numbers_in("/proc"); }

void adopt_orphans() noexcept { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

}  // namespace prun::sys
