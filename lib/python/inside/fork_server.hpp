// Runs in the Python process that has imported the modules. It forks the Python processes of workers on request, and notifies each
// worker of the end of its process. worker.py makes the fork itself with os.fork(). This class does the rest.
#pragma once

#include "python/fork_messages.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <csignal>
#include <vector>

namespace prun::python {

class ForkServer {
 public:
  /// @param lines socket on which the master sends requests, which worker.py reads; its end ends this process
  /// @param requests socket for the requests of workers
  ForkServer(int lines, sys::Fd requests);

  enum class Event { leave, line, fork };
  /// Waits for the next event. After `fork` the caller forks, and then reports the fork in both processes.
  [[nodiscard]] Event next();
  /// @param pid of the child; negative if the fork failed
  void forked(pid_t pid);

  struct Place {
    sys::Fd channel;
    sys::Fd memory;
    sys::Fd event_fd;
    unsigned worker = 0;
  };
  /// The pool mark of the current request, for the environment of the child; "": none.
  [[nodiscard]] const char* pool_mark() const noexcept { return request_.pool_mark.data(); }
  /// In the child: joins the process group and control group of the worker. @return false if the worker or the server has ended
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
  std::vector<pid_t> of_modules_;  ///< children that modules started while they were imported
  ForkRequest request_;
  std::vector<sys::Fd> received_;  ///< descriptors of `request_`
  struct sigaction on_child_ {};   ///< as Python has it
  bool has_imported_ = false;
};

}  // namespace prun::python
