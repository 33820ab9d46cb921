// Children of this process's own control group (v2), each with limits for all its processes. They require a writable own
// group: as root, or if it was delegated (`systemd-run --user --scope -p Delegate=yes`).
//
//   own group            passes the controller on to its children, so it may hold no process itself, unless it is the root;
//                        continues to do so afterwards, because others may rely on it
//     prun-PID           named after the process that made it; passes the controller on
//       self             that process and its forks, only if the own group had to be emptied
//       0, 1, ...        the children, with their limits
//
// The process that made them removes them. If it was killed, any process that calls remove() does. If none is left, the next
// process that makes children in the same group removes them.
#pragma once

#include "sys/fd.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace prun::sys {

struct CgroupSettings {
  struct Setting {
    std::string file;
    std::string text;
    bool required = true;  ///< otherwise: only if the system has that file
  };
  std::string controller;
  std::vector<Setting> settings;  ///< for each child
};

/// A limit in bytes, without swap. If a child exceeds it, the kernel kills all its processes at once.
[[nodiscard]] CgroupSettings memory_settings(std::uint64_t bytes);

/// The descriptor to which a process writes 0 to move into the group `folder`. Invalid, with errno, if it cannot be opened.
[[nodiscard]] Fd open_cgroup_entrance(const std::string& folder) noexcept;
/// The number of processes in it that the kernel has killed for lack of memory.
[[nodiscard]] std::uint64_t memory_kills_in(const std::string& folder);

class CgroupChildren {
 public:
  /// The error says why they cannot be created. Nothing is left behind then.
  /// @param root prefix of every path: "" for the machine itself
  [[nodiscard]] static tl::expected<std::unique_ptr<CgroupChildren>, std::string> make(unsigned count,
                                                                                       const CgroupSettings& settings,
                                                                                       const std::string& root = "");
  CgroupChildren(const CgroupChildren&) = delete;
  CgroupChildren& operator=(const CgroupChildren&) = delete;
  ~CgroupChildren() { remove(); }

  /// Moves the calling process into it. @throws std::system_error
  void enter(unsigned child) const;
  /// Returns true if the kernel has killed a process in it for lack of memory since the last call.
  [[nodiscard]] bool killed_in(unsigned child);
  /// Kills the remaining processes in it.
  void kill_rest(unsigned child) const noexcept;
  /// Kills the remaining processes in all of them and removes them. May be called again, and in a forked process.
  void remove() noexcept;

  [[nodiscard]] std::string folder(unsigned child) const { return base_ + '/' + std::to_string(child); }

 private:
  CgroupChildren(std::string own, std::string controller, std::string name)
      : own_(std::move(own)), base_(own_ + '/' + std::move(name)), controller_(std::move(controller)) {}
  [[nodiscard]] std::string build(unsigned count, const CgroupSettings& settings);
  [[nodiscard]] bool pass_on_from_own();

  std::string own_;
  std::string base_;
  std::string controller_;
  bool moved_ = false;  ///< this process is in `self`
  std::vector<std::uint64_t> kills_seen_;
};

}  // namespace prun::sys
