// A process that outlives the process that it watches: the fork server, or the master of a pool of threads. If that process
// is killed, the guardian kills the processes left behind and performs the last act. It has its own session and a different
// name, so neither `pkill prun` nor a signal to a group or a terminal reaches it. An intermediate process is its parent, so
// killing the children of the watched process does not hit it. The parent reaps it.
//
//   watched process --"watch" pipe--> guardian      a byte: dismissed, all is in order; the end of the pipe: killed
//   guardian       --"gone" pipe--->  master, watched process     never written; closes when the guardian exits
//
// It finds the processes by a mark in the environment, which all programs started by the pool's tasks inherit, and by the
// process groups in the workers' blocks.
#pragma once

#include "ring/region.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <array>
#include <functional>
#include <string>

namespace prun::pool {

class Guardian {
 public:
  /// @param region its blocks contain the workers and their commands
  /// @param last_act for the case that the master is dead too; may be empty
  /// @throws std::system_error if no pipe can be created
  Guardian(const ring::Region& region, std::function<void()> last_act);
  /// What a process that was not forked needs to be the watched process.
  struct Place {
    std::string mark;
    std::array<sys::Fd, 4> pipes;
  };
  /// In the process that was not forked.
  Guardian(const ring::Region& region, Place place);
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian() = default;

  /// For the handover: the ends of the pipes in the order of Place.
  [[nodiscard]] const std::string& mark() const noexcept { return mark_; }
  [[nodiscard]] std::array<int, 4> pipes() const noexcept;

  /// In the watched process, before it starts others: marks what it starts from now on.
  void mark_environment() const noexcept;
  /// In the watched process, once, while it has a single thread. If no process is available, there is no guardian.
  void start(pid_t master) noexcept;
  /// In the watched process, when there is nothing left to kill. Returns when the guardian has exited.
  void dismiss() noexcept;
  /// In other processes: closes the watched process's end of the pipe.
  void leave_to_server() noexcept;
  /// In the master, after the watched process died: returns when the processes left have ended or hang in the kernel.
  void wait_until_gone() const noexcept;

  /// The children of the watched process that belong to this: the guardian only if the intermediate process was killed.
  [[nodiscard]] bool is_own(pid_t pid) const noexcept;

 private:
  [[noreturn]] void guard(pid_t master) noexcept;
  [[nodiscard]] bool end_marked() const noexcept;
  void end_groups() const noexcept;

  const ring::Region* region_;
  std::function<void()> last_act_;
  std::string mark_;
  pid_t between_ = 0;
  sys::Fd watch_read_;
  sys::Fd watch_write_;
  sys::Fd gone_read_;
  sys::Fd gone_write_;
};

}  // namespace prun::pool
