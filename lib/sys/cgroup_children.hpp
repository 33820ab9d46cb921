// Children of this process's own control group (v2), each with limits of its own for all that is in it. They can be had where
// the own group is writable: by root, or where it was delegated (`systemd-run --user --scope -p Delegate=yes`).
//
//   own group            passes the controller on to its children, and so may hold no process itself, unless it is the root;
//                        goes on doing so, for others may rely on it, where it need not hold a process again
//     prun-PID           named after the process that made it; passes the controller on
//       self             that process and what it forks, only where the own group had to be emptied
//       0, 1, ...        the children, with their limits
//
// Who made them removes them, and so does, where that process was killed, whoever else calls remove(). Where nobody is left to,
// the next process that makes children in the same group does.
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
    bool required = true;  ///< otherwise: where the system has that file
  };
  std::string controller;
  std::vector<Setting> settings;  ///< of each child
};

/// So many bytes, without swapping; what passes them is killed, all of a child at once.
[[nodiscard]] CgroupSettings memory_settings(std::uint64_t bytes);

/// A process that writes 0 there moves into the group `folder`. Invalid, with errno, where that cannot be.
[[nodiscard]] Fd open_cgroup_entrance(const std::string& folder) noexcept;
/// How many processes in it the system has killed for want of memory.
[[nodiscard]] std::uint64_t memory_kills_in(const std::string& folder);

class CgroupChildren {
 public:
  /// The error says why there can be none here, and leaves nothing behind.
  /// @param root stands before every path: "" for the machine itself
  [[nodiscard]] static tl::expected<std::unique_ptr<CgroupChildren>, std::string> make(unsigned count,
                                                                                       const CgroupSettings& settings,
                                                                                       const std::string& root = "");
  CgroupChildren(const CgroupChildren&) = delete;
  CgroupChildren& operator=(const CgroupChildren&) = delete;
  ~CgroupChildren() { remove(); }

  /// Moves the calling process there. @throws std::system_error
  void enter(unsigned child) const;
  /// The system has killed something in it for want of memory since the last call, or since it was made.
  [[nodiscard]] bool killed_in(unsigned child);
  /// Ends what is left in it.
  void kill_rest(unsigned child) const noexcept;
  /// Ends what is left in all of them and removes them, as far as that has not been done. May be called in a forked process.
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
