// SIGCHLD as a descriptor to wait for, without pidfd_open(2) and without blocking the signal, which programs that are started
// would inherit.
#pragma once

#include "sys/fd.hpp"

namespace prun::sys {

/// Becomes readable when any child of this process ends, stops or continues; who has several children looks which. Each thread
/// that waits has its own, and makes SIGCHLD call a handler, also where it was ignored.
class ChildSignal {
 public:
  /// Made when it is first asked for; anew in a forked process. @throws std::system_error where there can be no descriptor
  [[nodiscard]] static const ChildSignal& of_this_thread();

  /// @throws std::system_error
  ChildSignal();
  ChildSignal(const ChildSignal&) = delete;
  ChildSignal& operator=(const ChildSignal&) = delete;
  ~ChildSignal();

  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  /// Not readable any more, until the next news. To be called before the children are looked at.
  void clear() const noexcept;

 private:
  Fd event_;
  int place_ = -1;
};

}  // namespace prun::sys
