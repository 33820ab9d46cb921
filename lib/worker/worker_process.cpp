#include "worker/worker_process.hpp"

#include "function/running_child.hpp"
#include "function/worker_end.hpp"
#include "ring/doorbell.hpp"
#include "sys/caller_state.hpp"
#include "sys/cgroup_children.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "worker/peer_address.hpp"
#include "worker/stack_overflow.hpp"
#include "worker/worker_loop.hpp"

#include <prun/detail/throw_site.hpp>

#include <fcntl.h>
#include <stdio_ext.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace prun::worker {
namespace {

/// Set once, before any task. It is made when it is first used: a pool may be a static variable.
Seat& seat() {
  static Seat own;
  return own;
}

// Tasks must not read the master's input, as in Python's pools.
void close_standard_input() {
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return;
  sys::retry_interrupted([null] { return ::dup2(null, STDIN_FILENO); });
  ::close(null);
}

// A function that calls exit() must not run exit handlers and destructors that the master registered. Handlers run in
// reverse order, so this one is first.
void leave_at_once(int status, void*) {
  std::fflush(nullptr);
  ::_exit(status);
}

void initialize_and_loop(const ring::Region& region, std::uint32_t worker, const WorkerSetup& setup, std::int32_t pid,
                         const ProcessLimits* limits) {
  WorkerLoop loop(region, worker, setup.event_fd, setup.peer);
  region.worker(worker).pid.store(pid, std::memory_order_relaxed);
  running_child_place() = &region.worker(worker).child_group;
  running_output_place() = &region.worker(worker).last_output;
  const bool limited = limits != nullptr && limits->any();
  if (setup.initializer || limited) {
    region.worker(worker).stage.store(ring::WorkerStage::starting, std::memory_order_release);
    try {
      if (limited) limits->apply(worker);
      if (setup.initializer) setup.initializer();
    } catch (const detail::ThrowSite&) {
    } catch (...) {
      loop.report_broken(std::current_exception());
      return;
    }
  }
  loop.run();
}

}  // namespace

bool in_worker_process() noexcept { return seat().region != nullptr; }

const Seat& own_seat() noexcept { return seat(); }

void run_worker_process(const ring::Region& region, std::uint32_t worker, const WorkerSetup& setup) {
  seat() = {&region, worker, setup.limits.groups != nullptr ? setup.limits.groups->folder(worker) : std::string()};
  set_peer_modules(setup.peer);
  ::prctl(PR_SET_NAME, "prun-worker");
  sys::unblock_signals();
  sys::restore_file_limit();
  ::on_exit(leave_at_once, nullptr);
  close_standard_input();
  ::__fpurge(stdout);  // the master writes what it had buffered
  for (const auto& [name, value] : setup.environment) ::setenv(name.c_str(), value.c_str(), 0);
  if (setup.limits.cpu_time.count() != 0) CallLimits::prepare(region.worker(worker), setup.limits.cpu_time);
  watch_for_stack_overflow(region.worker(worker), setup.limits.stack);
  initialize_and_loop(region, worker, setup, ::getpid(), &setup.limits);
  end_worker();
  std::fflush(nullptr);
}

void run_worker_thread(const ring::Region& region, std::uint32_t worker, const WorkerSetup& setup) {
  initialize_and_loop(region, worker, setup, ::gettid(), nullptr);
  end_worker();
  region.worker(worker).stage.store(ring::WorkerStage::retired, std::memory_order_seq_cst);
  ring::Doorbell(region.header()).ring();  // a master that stops its threads waits for this
}

}  // namespace prun::worker
