#include "sys/cgroup_children.hpp"

#include "sys/cgroup_place.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"
#include "sys/proc_text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string_view>

namespace prun::sys {
namespace {

constexpr std::string_view name_prefix = "prun-";
constexpr int removal_tries = 500;  // a millisecond each: killed processes do not end immediately

/// O_CREAT has no effect in a control group, in which all possible files exist. It creates the file below the root of a test.
Fd open_to_write(const std::string& path) noexcept {
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

bool write_to(const std::string& path, std::string_view text) noexcept {
  const Fd file = open_to_write(path);
  const auto written = [&] { return ::write(file.get(), text.data(), text.size()); };
  return file && retry_interrupted(written) == static_cast<ssize_t>(text.size());
}

std::string below(std::string path, std::string_view name) { return path.append("/").append(name); }

bool passes_on(const std::string& group, const std::string& controller) {
  return write_to(group + "/cgroup.subtree_control", '+' + controller);
}

bool names(const std::string& path, std::string_view name) {
  const std::string text = contents(path);
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view word = take(rest, ' ');
    if (word.ends_with('\n')) word.remove_suffix(1);
    if (word == name) return true;
  }
  return false;
}

void remove_group(const std::string& path) noexcept {
  write_to(path + "/cgroup.kill", "1");
  const timespec pause{0, 1'000'000};
  for (int i = 0; i < removal_tries && ::rmdir(path.c_str()) != 0 && errno == EBUSY; ++i) ::nanosleep(&pause, nullptr);
}

std::vector<std::string> folders_in(const std::string& path) {
  std::vector<std::string> names;
  DIR* const folder = ::opendir(path.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = ::readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): the stream is this function's
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(folder);
  return names;
}

/// Removes empty groups in `own` that a killed process has left. Groups with running processes are left alone, because their
/// process may have the number of another one in this namespace.
void remove_leftovers(const std::string& own) {
  for (const std::string& name : folders_in(own)) {
    if (!name.starts_with(name_prefix)) continue;
    const auto pid = static_cast<pid_t>(number_in(std::string_view(name).substr(name_prefix.size())).value_or(1));
    if (pid != ::getpid() && (::kill(pid, 0) == 0 || errno != ESRCH)) continue;
    const std::string base = below(own, name);
    if (number_behind(contents(base + "/cgroup.events"), "populated") != 0U) continue;
    for (const std::string& child : folders_in(base)) ::rmdir(below(base, child).c_str());
    ::rmdir(base.c_str());
  }
}

std::string reason(const std::string& what) { return what + ": " + std::strerror(errno); }

}  // namespace

CgroupSettings memory_settings(std::uint64_t bytes) {
  return {"memory",
          {{"memory.max", std::to_string(bytes)},
           {"memory.oom.group", "1"},  // a command that lost one of its processes would just continue
           {"memory.swap.max", "0", false}}};
}

Fd open_cgroup_entrance(const std::string& folder) noexcept { return open_to_write(folder + "/cgroup.procs"); }

std::uint64_t memory_kills_in(const std::string& folder) {
  return number_behind(contents(folder + "/memory.events"), "oom_kill").value_or(0);
}

tl::expected<std::unique_ptr<CgroupChildren>, std::string> CgroupChildren::make(unsigned count,
                                                                                const CgroupSettings& settings,
                                                                                const std::string& root) {
  const auto places = cgroup_places(root, settings.controller);
  const auto place = std::find_if(places.begin(), places.end(), [](const CgroupPlace& p) { return p.v2; });
  if (place == places.end()) return tl::unexpected(std::string("control groups v2 are not mounted"));
  const std::string own = place->folder();
  if (!names(own + "/cgroup.controllers", settings.controller)) {
    return tl::unexpected(own + " has no controller " + settings.controller);
  }
  remove_leftovers(own);
  std::unique_ptr<CgroupChildren> children(
      new CgroupChildren(own, settings.controller, std::string(name_prefix) + std::to_string(::getpid())));
  std::string problem = children->build(count, settings);
  if (problem.empty()) return children;
  return tl::unexpected(std::move(problem));
}

std::string CgroupChildren::build(unsigned count, const CgroupSettings& settings) {
  if (::mkdir(base_.c_str(), 0755) != 0) return reason(own_ + " cannot be written");
  if (!pass_on_from_own()) return reason(own_ + " contains other processes");
  if (!passes_on(base_, controller_)) return reason(base_);
  for (unsigned child = 0; child < count; ++child) {
    if (::mkdir(folder(child).c_str(), 0755) != 0) return reason(folder(child));
    kills_seen_.push_back(0);
    for (const auto& [file, text, required] : settings.settings) {
      if (!write_to(folder(child) + '/' + file, text) && required) return reason(folder(child) + '/' + file);
    }
  }
  return {};
}

bool CgroupChildren::pass_on_from_own() {
  if (passes_on(own_, controller_)) return true;
  if (errno != EBUSY) return false;
  const std::string self = base_ + "/self";
  moved_ = ::mkdir(self.c_str(), 0755) == 0 && write_to(self + "/cgroup.procs", "0");
  return moved_ && passes_on(own_, controller_);
}

void CgroupChildren::enter(unsigned child) const {
  if (!write_to(folder(child) + "/cgroup.procs", "0")) throw_errno(folder(child) + "/cgroup.procs");
}

bool CgroupChildren::killed_in(unsigned child) {
  const std::uint64_t now = memory_kills_in(folder(child));
  return std::exchange(kills_seen_.at(child), now) < now;
}

void CgroupChildren::kill_rest(unsigned child) const noexcept { write_to(folder(child) + "/cgroup.kill", "1"); }

// From the bottom up: a group that passes on the controller cannot hold a process, and one with children cannot be removed.
void CgroupChildren::remove() noexcept {
  for (unsigned child = 0; child < kills_seen_.size(); ++child) remove_group(folder(child));
  write_to(base_ + "/cgroup.subtree_control", '-' + controller_);
  if (moved_) {
    write_to(own_ + "/cgroup.subtree_control", '-' + controller_);
    write_to(own_ + "/cgroup.procs", "0");
  }
  ::rmdir((base_ + "/self").c_str());
  ::rmdir(base_.c_str());
}

}  // namespace prun::sys
