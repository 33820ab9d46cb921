#include "sys/process_limit.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace prun::sys {
namespace {

rlim_t soft_limit_of_files() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

std::string advice_about_processes() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NPROC, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) {
    return " (a limit of processes is reached: pids.max of the control group, or the system's)";
  }
  return " (this user may have " + std::to_string(limit.rlim_cur) +
         " processes and threads: RLIMIT_NPROC, see `ulimit -u`; a control group may have a limit too, pids.max)";
}

}  // namespace

std::string limit_advice(int error) {
  if (error == EAGAIN) return advice_about_processes();
  if (error != EMFILE || soft_limit_of_files() == RLIM_INFINITY) return {};
  return " (this process may open " + std::to_string(soft_limit_of_files()) + " files: raise `ulimit -n`)";
}

std::string text_with_advice(const std::exception& error) {
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  return system == nullptr ? error.what() : error.what() + limit_advice(system->code().value());
}

std::string no_process_text(int error) { return std::generic_category().message(error) + limit_advice(error); }

}  // namespace prun::sys
