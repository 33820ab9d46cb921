#include "run/admission.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace prun {
namespace {

constexpr std::chrono::milliseconds between_looks{200};

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

std::uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("MemAvailable:")) continue;
    std::uint64_t kib = 0;
    std::istringstream(line.substr(13)) >> kib;
    return kib * 1024;
  }
  return UINT64_MAX;
}

}  // namespace

bool Admission::open(Clock::time_point now) {
  if (now < next_start_) {
    next_look_ = next_start_;
    return false;
  }
  if (now < next_look_) return false;
  if (machine_is_free()) return true;
  next_look_ = now + between_looks;
  return false;
}

bool Admission::machine_is_free() const {
  if (options_.max_load && running_processes() >= *options_.max_load) return false;
  return options_.min_free_memory == 0 || available_memory() >= options_.min_free_memory;
}

}  // namespace prun
