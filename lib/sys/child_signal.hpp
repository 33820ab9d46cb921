// Provides SIGCHLD as a descriptor to poll, without pidfd_open(2) and without blocking the signal, because started programs
// would inherit the mask.
#pragma once

#include "sys/fd.hpp"

namespace prun::sys {

/// Becomes readable when a child of this process exits, stops or continues. Each waiting thread has its own descriptor and
/// checks its own children. Installs a handler for SIGCHLD, also if it was ignored.
class ChildSignal {
 public:
  /// Created at the first call, and again in a forked process. @throws std::system_error if no descriptor is available
  [[nodiscard]] static const ChildSignal& of_this_thread();

  /// @throws std::system_error
  ChildSignal();
  ChildSignal(const ChildSignal&) = delete;
  ChildSignal& operator=(const ChildSignal&) = delete;
  ~ChildSignal();

  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  /// Makes it unreadable until the next news. Call it before you look at the children.
  void clear() const noexcept;

 private:
  Fd event_;
  int place_ = -1;
};

}  // namespace prun::sys
