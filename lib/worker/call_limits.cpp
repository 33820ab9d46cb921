#include "worker/call_limits.hpp"

#include "command/command_group.hpp"
#include "sys/cgroup_children.hpp"
#include "sys/error.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace prun::worker {
namespace {

// A signal handler has no other access to its data.
ring::WorkerBlock* limited = nullptr;
itimerval call_time{};

// SIGPROF, not SIGXCPU: the timer counts from the start of the call, the resource limit from the start of the process.
void on_time_used(int) {
  limited->death_note.store(ring::DeathNote::cpu_limit, std::memory_order_relaxed);
  ::kill(0, SIGKILL);  // the group of the worker, because children of the call used part of the time
}

void limit_to(int resource, std::uint64_t bytes, const char* what) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  limit.rlim_cur = bytes;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < bytes) limit.rlim_cur = limit.rlim_max;
  sys::checked(::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit), what);
}

}  // namespace

void ProcessLimits::apply(std::uint32_t worker) const {
  if (groups != nullptr) {
    groups->enter(worker);
    command::CommandGroup::use(groups->folder(command_groups + worker));
  } else if (memory != 0) {
    limit_to(RLIMIT_DATA, memory, "--memory-limit");
  }
  if (nice) {
    errno = 0;
    if (::nice(*nice) == -1 && errno != 0) sys::throw_errno("--nice");
  }
  if (!cpus.empty()) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(cpus[worker % cpus.size()]), &one);
    sys::checked(::sched_setaffinity(0, sizeof one, &one), "--pin");
  }
}

void ProcessLimits::end_rest(std::uint32_t worker) const noexcept {
  if (groups == nullptr) return;
  groups->kill_rest(worker);
  groups->kill_rest(command_groups + worker);
}

// A starting command still shares its worker's memory: killing one kills both.
bool ProcessLimits::memory_ran_out(std::uint32_t worker) const {
  if (groups == nullptr) return false;
  const bool own = groups->killed_in(worker);
  return groups->killed_in(command_groups + worker) || own;
}

void CallLimits::prepare(ring::WorkerBlock& block, std::chrono::microseconds limit) {
  limited = &block;
  call_time.it_value.tv_sec = static_cast<time_t>(limit.count() / 1'000'000);
  call_time.it_value.tv_usec = static_cast<suseconds_t>(limit.count() % 1'000'000);
  struct sigaction action {};
  action.sa_handler = on_time_used;
  ::sigaction(SIGPROF, &action, nullptr);
}

void CallLimits::begin_call() noexcept { ::setitimer(ITIMER_PROF, &call_time, nullptr); }

void CallLimits::end_call() noexcept {
  const itimerval none{};
  ::setitimer(ITIMER_PROF, &none, nullptr);
}

}  // namespace prun::worker
