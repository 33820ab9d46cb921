#include "run/admission.hpp"

#include "sys/available_memory.hpp"
#include "sys/proc_text.hpp"

#include <string>
#include <string_view>

namespace prun {
namespace {

/// Processes that are running or ready at this moment, without this one. The load average itself lags by a minute.
double running_processes() {
  const std::string load = sys::contents("/proc/loadavg");  // 0.20 0.18 0.12 1/80 11206
  std::string_view rest = load;
  for (int field = 0; field < 3; ++field) sys::take(rest, ' ');
  const auto running = sys::number_in(sys::take(rest, '/'));
  return running ? static_cast<double>(*running) - 1 : 0;
}

}  // namespace

bool Admission::open(Clock::time_point now) {
  if (now < next_start_) {
    next_look_ = next_start_;
    return false;
  }
  if (now < next_look_) return false;
  const auto reason = lacking();
  if (reason == HeldBack::Reason::nothing) return true;
  look_later(now, reason);
  return false;
}

/// What the machine does not have enough of for another task.
HeldBack::Reason Admission::lacking() const {
  using Reason = HeldBack::Reason;
  if (options_.max_load && running_processes() >= *options_.max_load) return Reason::load;
  if (options_.min_free_memory != 0 && sys::available_memory() < options_.min_free_memory) return Reason::memory;
  return Reason::nothing;
}

}  // namespace prun
