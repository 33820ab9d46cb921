// The Python process that has imported the modules: forks the Python processes of workers that ask for them, and tells each
// worker of its process's end. The fork itself is Python's, os.fork(), and so stands in worker.py; here is what surrounds it.
#pragma once

#include "python/fork_messages.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <csignal>
#include <vector>

namespace prun::python {

class ForkServer {
 public:
  /// @param lines where the master sends requests, for worker.py to read; its end ends this process
  /// @param requests where workers ask
  ForkServer(int lines, sys::Fd requests);

  enum class Event { leave, line, fork };
  /// Waits. At `fork` the caller forks, and then says so on both sides of the fork.
  [[nodiscard]] Event next();
  /// @param pid of the child, or below 0 where the fork failed
  void forked(pid_t pid);

  struct Place {
    sys::Fd channel;
    sys::Fd memory;
    sys::Fd event_fd;
    unsigned worker = 0;
  };
  /// Of the request that has come: what the child's environment is to say of its pool; "" where nothing.
  [[nodiscard]] const char* pool_mark() const noexcept { return request_.pool_mark.data(); }
  /// In the child: puts this process where its worker is. @return false where the worker or the server has gone meanwhile
  [[nodiscard]] bool become(pid_t server, Place& place);

 private:
  struct Child {
    pid_t pid;
    sys::Fd ended;  ///< a pidfd
    sys::Fd worker;
  };

  [[nodiscard]] bool take_request();
  void refuse() const;
  void serve(Child& child, short ended, short worker);
  void end_strays();
  void end_all();
  [[nodiscard]] bool is_forked(pid_t pid) const;

  int lines_;
  sys::Fd requests_;
  std::vector<Child> children_;
  std::vector<pid_t> of_modules_;  ///< children that modules have started when they were imported
  ForkRequest request_;
  std::vector<sys::Fd> received_;  ///< the descriptors of `request_`
  struct sigaction on_child_ {};   ///< as Python has it
  bool has_imported_ = false;
};

}  // namespace prun::python
