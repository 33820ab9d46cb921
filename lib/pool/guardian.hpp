// A process that outlives the process that it watches over: the fork server, or of a pool of threads the master. Where that is
// killed, it ends what has been left behind, and does what is to be done last. It is in a session of its own, and its name is
// not prun's, so that neither `pkill prun` nor a signal to a group or a terminal reaches it. A process in between is its parent:
// nobody who kills the children of the watched process hits it, and that parent reaps it.
//
//   watched process --"watch" pipe--> guardian      a byte: dismissed, all is in order; the end of the pipe: it was killed
//   guardian       --"gone" pipe--->  master, watched process     never written to; ends as the guardian does
//
// It finds what is left by a mark in the environment, which every program inherits that the pool's tasks start, and by the
// process groups that the workers' blocks name.
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
  /// @param region whose blocks name workers and their commands
  /// @param last_act where the master is dead too; may be empty
  /// @throws std::system_error where there can be no pipe
  Guardian(const ring::Region& region, std::function<void()> last_act);
  /// What another process needs to be the watched one in place of one that was forked.
  struct Place {
    std::string mark;
    std::array<sys::Fd, 4> pipes;
  };
  /// In that process.
  Guardian(const ring::Region& region, Place place);
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian() = default;

  /// To be handed over: the pipes' ends in the order of Place.
  [[nodiscard]] const std::string& mark() const noexcept { return mark_; }
  [[nodiscard]] std::array<int, 4> pipes() const noexcept;

  /// In the watched process, before it starts anything: what it starts from now on can be found.
  void mark_environment() const noexcept;
  /// In the watched process, once, while it has no other thread. Where no process can be had there is no guardian.
  void start(pid_t master) noexcept;
  /// In the watched process, when nothing is left to be ended. Returns when the guardian is gone.
  void dismiss() noexcept;
  /// In other processes than the watched one: its end of the pipe is not theirs.
  void leave_to_server() noexcept;
  /// In the master, when the watched process has died: returns when what it left has ended, or hangs in the kernel.
  void wait_until_gone() const noexcept;

  /// The processes, as children of the watched one: the guardian itself only where the one in between was killed.
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
