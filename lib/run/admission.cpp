#include "run/admission.hpp"

#include "sys/available_memory.hpp"

#include <fstream>

namespace prun {
namespace {

/// Processes that run or want to at this moment, less this one: the load average itself is a minute late.
double running_processes() {
  std::ifstream file("/proc/loadavg");
  double one = 0;
  double five = 0;
  double fifteen = 0;
  double running = 1;
  file >> one >> five >> fifteen >> running;
  return running - 1;
}

}  // namespace

bool Admission::open(Clock::time_point now) {
  if (now < next_start_) {
    next_look_ = next_start_;
    return false;
  }
  if (now < next_look_) return false;
  if (machine_is_free()) return true;
  look_later(now);
  return false;
}

bool Admission::machine_is_free() const {
  if (options_.max_load && running_processes() >= *options_.max_load) return false;
  return options_.min_free_memory == 0 || sys::available_memory() >= options_.min_free_memory;
}

}  // namespace prun
