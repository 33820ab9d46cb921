#include "sys/strays.hpp"

#include "sys/process_tree.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace prun::sys {

// The children of a child become children of this process when the child dies, so one level at a time is enough.
void end_children(const std::function<bool(pid_t)>& keep, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    bool left = false;
    for (const pid_t child : children_of(::getpid())) {
      if (keep(child)) continue;
      ::kill(child, SIGKILL);
      left = true;
      ::waitpid(child, nullptr, WNOHANG);
    }
    if (!left || std::chrono::steady_clock::now() >= until) return;
    ::poll(nullptr, 0, 1);  // a death takes some hundred microseconds, and no single event reports all of them
  }
}

}  // namespace prun::sys
