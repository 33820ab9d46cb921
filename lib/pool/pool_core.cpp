// The pool's interface: what callers may ask, in which state of the pool. Who serves the engine while they wait is in
// pool_serving.hpp.
#include <prun/detail/call_job.hpp>
#include <prun/detail/pool_core.hpp>

#include "pool/pool_serving.hpp"
#include "pool/spawned_start.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/process_limit.hpp"
#include "worker/worker_process.hpp"

#include <prun/error.hpp>

#include <chrono>
#include <csignal>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace prun::detail {
namespace {

using std::chrono::steady_clock;
thread_local unsigned callback_depth = 0;

}  // namespace

Deadline deadline_after(const std::optional<std::chrono::nanoseconds>& timeout) {
  if (!timeout) return std::nullopt;
  if (timeout->count() < 0) throw std::invalid_argument("a timeout must not be negative");
  const auto now = steady_clock::now();
  if (*timeout > steady_clock::time_point::max() - now) return std::nullopt;
  return now + std::chrono::duration_cast<steady_clock::duration>(*timeout);
}

bool in_callback() noexcept { return callback_depth != 0; }
CallbackScope::CallbackScope() noexcept { ++callback_depth; }
CallbackScope::~CallbackScope() { --callback_depth; }

void PoolCore::make(std::shared_ptr<PoolCore>& place, Options options) {
  if (pool::is_spawned_start() && !worker::in_worker_process()) return;
  if (options.workers == 0) options.workers = sys::cpu_budget();
  place.reset(new PoolCore(options));
}

OwnCore::OwnCore(PoolCore::Options options) { PoolCore::make(core_, std::move(options)); }

const std::shared_ptr<PoolCore>& OwnCore::get() const {
  if (core_) return core_;
  if (pool::is_spawned_start()) {
    throw MisuseError(
        "a pool that is a static variable is not made in a spawned worker: make one in the function that uses it");
  }
  throw MisuseError(worker::in_worker_process()
                        ? "a function that a pool runs in a worker process cannot use that same pool"
                        : "this pool was moved from: use the one that it was moved to");
}

PoolCore::PoolCore(const Options& options) {
  try {
    state_ = std::make_shared<State>(options);
  } catch (const std::system_error& e) {
    if (e.code() != std::errc::resource_unavailable_try_again) throw;
    throw std::system_error(e.code(),
                            "prun: no worker process can be started: " + sys::no_process_text(e.code().value()));
  }
  if (!options.on_demand) state_->require_all_workers();
  // Only the threads of the user's program receive signals.
  sigset_t all;
  sigset_t previous;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &previous);
  std::error_code trouble;
  try {
    state_->server = std::thread([state = state_] { state->serve(); });
  } catch (const std::system_error& e) {
    trouble = e.code();
  }
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  if (trouble) {
    throw std::system_error(trouble, "prun: cannot start the pool's thread: " + sys::no_process_text(trouble.value()));
  }
}

PoolCore::~PoolCore() {
  if (foreign()) {  // its threads and children belong to another process
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): without memory for it the process cannot go on
    static auto& abandoned = *new std::vector<std::shared_ptr<State>>;
    abandoned.push_back(state_);
    return;
  }
  terminate();
  state_->server.get_id() == std::this_thread::get_id() ? state_->server.detach() : state_->server.join();
}

bool PoolCore::foreign() const noexcept { return state_->made_in != forks_until_now(); }

std::uint32_t PoolCore::workers() const noexcept { return state_->engine.worker_limit(); }

PoolCore::Lock PoolCore::lock() {
  if (foreign()) throw MisuseError("a pool belongs to the process that made it: a child of its cannot use it");
  return Lock(state_->mutex);
}

PoolCore::Lock PoolCore::try_lock() {
  if (foreign()) throw MisuseError("a pool belongs to the process that made it: a child of its cannot use it");
  return Lock(state_->mutex, std::try_to_lock);
}

void PoolCore::require_open(Lock&) const {
  if (state_->engine.broken()) throw BrokenPoolError(state_->engine.broken()->message);
  if (state_->closed) throw MisuseError("the pool takes no new calls: it was closed, shut down or terminated");
}

void PoolCore::submit(Lock& lock, const std::shared_ptr<Job>& job) {
  job->call_number = new_call(lock);
  resubmit(lock, job);
}

std::uint64_t PoolCore::new_call(Lock& lock) {
  require_open(lock);
  return state_->calls++;
}

void PoolCore::resubmit(Lock&, const std::shared_ptr<Job>& job) {
  state_->engine.dispatcher().enqueue(job);
  state_->engine.feed();
}

// Called by a job that receives an outcome. Chunks are handed out after all available outcomes have been delivered.
void PoolCore::queue_again(Job& job) { state_->engine.dispatcher().enqueue(job.shared_from_this()); }

void PoolCore::attach(Lock&, InputReader& reader) { state_->readers.push_back(&reader); }

void PoolCore::detach(Lock&, InputReader& reader) { std::erase(state_->readers, &reader); }

bool PoolCore::refuses(Lock&) const noexcept { return state_->refuses(); }

std::exception_ptr PoolCore::refusal(Lock&) const {
  if (const auto& broken = state_->engine.broken()) return exception_of(*broken);
  if (state_->withdrawn) return exception_of(ended_failure());
  return std::make_exception_ptr(MisuseError("the pool was shut down before this input was read"));
}

void PoolCore::settled() { state_->settled(); }

bool PoolCore::wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline) {
  if (done()) return true;
  const bool in_time = state_->wait(lock, done, deadline);
  state_->hand_over();
  return in_time;
}

void PoolCore::cancel(Lock&, Job& job) {
  const auto& broken = state_->engine.broken();
  state_->engine.dispatcher().cancel(job, broken ? *broken : ended_failure());
  state_->settled();
}

bool PoolCore::running(Lock&, const Job& job, std::uint64_t index) { return state_->engine.running(job, index); }

void PoolCore::defer(std::function<void()> callback) {
  state_->callbacks.push_back(std::move(callback));
  if (!state_->on_server()) state_->wake_server();
}

void PoolCore::close() {
  const Lock guard = lock();
  state_->closed = true;
}

void PoolCore::cancel_pending() {
  const Lock guard = lock();
  state_->withdrawn = true;
  state_->engine.dispatcher().fail_all(ended_failure(), false);
  state_->settled();
}

void PoolCore::join() {
  State& s = *state_;
  {
    Lock guard = lock();
    if (!s.closed) throw MisuseError("join() is for a pool that was closed or terminated");
    s.read_all_inputs(guard);
    wait(
        guard, [&s] { return s.quit || (s.engine.dispatcher().idle() && s.callbacks_done()); }, std::nullopt);
    s.joined = !s.withdrawn;
    if (!s.quit) s.engine.stop();
    if (!s.engine.threads())
      wait(
          guard, [&s] { return s.quit || s.engine.workers_left() == 0; }, std::nullopt);
  }
  terminate();
}

void PoolCore::terminate() {
  State& s = *state_;
  if (foreign()) return;
  Lock guard(s.mutex);
  s.closed = true;
  if (!s.joined) s.withdrawn = true;
  if (s.quit) {  // a callback must not wait for the other call, which may be waiting for the callback
    if (!s.on_server()) s.progress.wait(guard, [&s] { return s.over && !s.calling; });
    return;
  }
  s.quit = true;
  s.settled();
  s.wake_server();
  s.progress.wait(guard, [&s] { return !s.server_asleep; });  // it reads descriptors that are closed now
  if (s.engine.threads()) s.wait_for_threads(guard);
  s.engine.end(ended_failure());
  std::deque<std::function<void()>> callbacks;
  callbacks.swap(s.callbacks);
  s.over = true;
  s.progress.notify_all();
  if (!s.on_server()) s.progress.wait(guard, [&s] { return !s.calling; });
  guard.unlock();
  for (auto& callback : callbacks) callback();
}

void PoolCore::end_workers(int signal) {
  const Lock guard = lock();
  state_->closed = true;
  state_->withdrawn = true;
  state_->killed = true;
  state_->engine.dispatcher().fail_all(ended_failure(), false);
  state_->engine.kill_workers(signal);
  state_->settled();
}

std::vector<std::int32_t> PoolCore::worker_pids() {
  State& s = *state_;
  Lock guard = lock();
  wait(
      guard, [&s] { return s.quit || s.engine.worker_pids().size() == s.engine.workers_left(); }, std::nullopt);
  return s.quit ? std::vector<std::int32_t>() : s.engine.worker_pids();
}

}  // namespace prun::detail
