#include "agent/setup_limit.hpp"

#include "sys/error.hpp"

#include <csignal>

namespace prun::agent {

// A library may have handlers for any other signal.
SetupLimit::SetupLimit(std::chrono::milliseconds limit) : limit_(limit) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  sys::checked(::timer_create(CLOCK_MONOTONIC, &event, &timer_), "timer_create");
  restart();
}

SetupLimit::~SetupLimit() { ::timer_delete(timer_); }

void SetupLimit::restart() {
  itimerspec when{};
  when.it_value = {limit_.count() / 1000, limit_.count() % 1000 * 1'000'000};
  sys::checked(::timer_settime(timer_, 0, &when, nullptr), "timer_settime");
}

}  // namespace prun::agent
