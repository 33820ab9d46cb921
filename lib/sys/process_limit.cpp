#include "sys/process_limit.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace prun::sys {

std::string no_process_text(int error) {
  std::string text = std::generic_category().message(error);
  if (error != EAGAIN) return text;
  rlimit limit{};
  ::getrlimit(RLIMIT_NPROC, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) {
    return text + " (a limit of processes is reached: pids.max of the control group, or the system's)";
  }
  return text + " (this user may have " + std::to_string(limit.rlim_cur) +
         " processes and threads: RLIMIT_NPROC, see `ulimit -u`; a control group may have a limit too, pids.max)";
}

}  // namespace prun::sys
