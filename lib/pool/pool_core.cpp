// PoolCore: one lock, one engine, and who serves it when.
//
// Any thread that holds the lock may pump the engine. Whoever has to wait becomes the listener, if there is none: it sleeps on
// the bell's own word, so that a worker wakes it directly. Further waiters sleep on `progress_`. While nobody listens, the
// server thread does, through the event descriptor. A caller that leaves with results still coming would make the server
// wake at each of them; so it leaves the bell silent and asks the server to look once a millisecond (`hot`), until a
// millisecond passes in which nobody has pumped.
#include <prun/detail/pool_core.hpp>

#include "pool/engine.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"
#include "sys/futex.hpp"

#include <prun/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

namespace prun::detail {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds tick{1};

pool::EngineOptions engine_options(const PoolCore::Options& options) {
  pool::EngineOptions engine;
  engine.workers = options.workers;
  engine.threads = options.threads;
  engine.on_demand = options.on_demand;
  engine.max_tasks_per_child = options.max_tasks_per_child;
  engine.run_seed = options.seed;
  engine.setup.initializer = options.initializer;
  if (!options.threads) engine.setup.environment = sys::thread_limits(sys::cpu_budget(), options.workers);
  return engine;
}

Failure ended() {
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.type = "prun::CancelledError";
  failure.message = "the pool was ended before the call was";
  return failure;
}

}  // namespace

Deadline deadline_after(const std::optional<std::chrono::nanoseconds>& timeout) {
  if (!timeout) return std::nullopt;
  if (timeout->count() < 0) throw std::invalid_argument("a timeout must not be negative");
  const auto now = steady_clock::now();
  if (*timeout > steady_clock::time_point::max() - now) return std::nullopt;
  return now + std::chrono::duration_cast<steady_clock::duration>(*timeout);
}

struct PoolCore::State {
  explicit State(const Options& options)
      : wake(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")), engine(engine_options(options)) {}

  std::mutex mutex;
  std::condition_variable progress;
  sys::Fd wake;
  pool::Engine engine;
  std::thread server;
  std::deque<std::function<void()>> callbacks;
  std::uint64_t pumps = 0;      // by anybody
  unsigned waiting = 0;         // threads asleep on `progress`
  bool listening = false;       // a caller sleeps on the bell
  bool hot = false;
  bool closed = false;
  bool quit = false;
  bool callback_running = false;
};

std::shared_ptr<PoolCore> PoolCore::make(Options options) {
  if (options.workers == 0) options.workers = sys::cpu_budget();
  return std::shared_ptr<PoolCore>(new PoolCore(std::move(options)));
}

PoolCore::PoolCore(Options options) : state_(std::make_unique<State>(options)) {
  // Signals are for the user's own threads.
  sigset_t all;
  sigset_t previous;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &previous);
  state_->server = std::thread([this] { serve(); });
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
}

PoolCore::~PoolCore() { terminate(); }

std::uint32_t PoolCore::workers() const noexcept { return state_->engine.worker_limit(); }

PoolCore::Lock PoolCore::lock() {
  if (worker::in_worker_process()) {
    throw MisuseError("a pool belongs to the process that made it: a worker cannot use its master's");
  }
  return Lock(state_->mutex);
}

void PoolCore::require_open(Lock&) const {
  if (state_->engine.broken()) throw BrokenPoolError(state_->engine.broken()->message);
  if (state_->closed) throw MisuseError("the pool takes no new calls: it was closed, shut down or terminated");
}

void PoolCore::submit(Lock& lock, const std::shared_ptr<Job>& job) {
  require_open(lock);
  resubmit(lock, job);
}

void PoolCore::resubmit(Lock&, const std::shared_ptr<Job>& job) {
  state_->engine.dispatcher().enqueue(job);
  state_->engine.feed();
}

bool PoolCore::wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline) {
  State& s = *state_;
  for (;;) {
    if (done()) return true;
    ++s.pumps;
    const bool busy = s.engine.busy();
    if (s.engine.pump() != 0 && s.waiting != 0) s.progress.notify_all();
    if (done()) break;
    if (deadline && steady_clock::now() >= *deadline) return false;
    if (s.quit) {
      s.progress.wait_for(lock, tick);  // terminate() is settling every call
      continue;
    }
    if (s.listening) {
      ++s.waiting;
      deadline ? static_cast<void>(s.progress.wait_until(lock, *deadline)) : s.progress.wait(lock);
      --s.waiting;
      continue;
    }
    const ring::Bell bell = busy ? ring::Bell::futex_batch : ring::Bell::futex_any;
    if (s.engine.may_sleep(bell)) {
      std::optional<std::chrono::nanoseconds> limit;
      if (busy) limit = tick;
      if (deadline) {
        const std::chrono::nanoseconds left = *deadline - steady_clock::now();
        limit = limit ? std::min(*limit, left) : left;
      }
      s.listening = true;
      lock.unlock();
      sys::futex_wait(s.engine.bell_word(), static_cast<std::uint32_t>(bell), limit);
      lock.lock();
      s.listening = false;
      if (s.waiting != 0) s.progress.notify_all();  // somebody else may have to listen now
    }
    s.engine.awake();
  }
  // Leave the bell to the server thread: armed where nothing is there, else it looks by the clock.
  if (!s.listening && !s.hot && !s.engine.may_sleep(ring::Bell::event_any)) {
    s.engine.awake();
    s.hot = true;
    wake_server();
  }
  return true;
}

void PoolCore::wake_server() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(state_->wake.get(), &one, sizeof one);
}

// The server thread: callbacks, deaths, and results that nobody waits for.
void PoolCore::serve() {
  State& s = *state_;
  Lock lock(s.mutex);
  std::uint64_t pumps_seen = s.pumps;
  while (!s.quit) {
    const bool somebody_pumps = s.hot && s.pumps != pumps_seen;
    if (!somebody_pumps && !s.listening) {
      s.hot = false;
      s.engine.pump();
    }
    if (s.waiting != 0) s.progress.notify_all();
    pumps_seen = s.pumps;
    if (!s.callbacks.empty()) {
      std::deque<std::function<void()>> callbacks;
      callbacks.swap(s.callbacks);
      lock.unlock();
      for (auto& callback : callbacks) {
        callback();
        callback = nullptr;
      }
      lock.lock();
      continue;
    }
    const bool busy = s.engine.busy();
    bool sleep = true;
    if (!s.listening && !s.hot) sleep = s.engine.may_sleep(busy ? ring::Bell::event_batch : ring::Bell::event_any);
    if (sleep) {
      std::array<pollfd, 3> waits{pollfd{s.engine.bell_fd(), POLLIN, 0}, pollfd{s.engine.host_fd(), POLLIN, 0},
                                  pollfd{s.wake.get(), POLLIN, 0}};
      const bool timed = s.hot || (busy && !s.listening);
      lock.unlock();
      const int ready = ::poll(waits.data(), waits.size(), timed ? static_cast<int>(tick.count()) : -1);
      lock.lock();
      if (ready > 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(s.wake.get(), &count, sizeof count);
        s.engine.on_readable();
        if (s.listening) {  // what came may have settled what the listener waits for
          s.engine.pump();
          s.engine.awake();
          sys::futex_wake(s.engine.bell_word());
        }
      }
    }
    if (!s.listening && !s.hot) s.engine.awake();
  }
}

void PoolCore::cancel(Lock&, Job& job) {
  state_->engine.dispatcher().cancel(job, ended());
  state_->progress.notify_all();
}

bool PoolCore::running(Lock&, const Job& job, std::uint64_t index) {
  return state_->engine.running(job, index);
}

void PoolCore::defer(std::function<void()> callback) {
  state_->callbacks.push_back(std::move(callback));
  wake_server();
}

void PoolCore::close() {
  const Lock guard = lock();
  state_->closed = true;
}

void PoolCore::cancel_pending() {
  const Lock guard = lock();
  state_->engine.dispatcher().fail_all(ended(), false);
  state_->progress.notify_all();
}

void PoolCore::join() {
  State& s = *state_;
  {
    Lock guard = lock();
    if (!s.closed) throw MisuseError("join() is for a pool that was closed or terminated");
    if (s.quit) return;
    wait(guard, [&s] { return s.engine.dispatcher().idle() && s.callbacks.empty(); }, std::nullopt);
    s.engine.stop();
    if (!s.engine.threads()) wait(guard, [&s] { return s.engine.workers_left() == 0; }, std::nullopt);
  }
  terminate();
}

void PoolCore::terminate() {
  State& s = *state_;
  {
    const std::lock_guard guard(s.mutex);
    if (s.quit) return;
    s.closed = true;
    s.quit = true;
  }
  wake_server();
  if (s.server.get_id() == std::this_thread::get_id()) {  // called from a callback
    s.server.detach();
  } else if (s.server.joinable()) {
    s.server.join();
  }
  Lock guard(s.mutex);
  s.engine.end(ended());
  std::deque<std::function<void()>> callbacks;
  callbacks.swap(s.callbacks);
  s.progress.notify_all();
  guard.unlock();
  for (auto& callback : callbacks) callback();
}

void PoolCore::signal_workers(int signal) {
  const Lock guard = lock();
  state_->engine.kill_workers(signal);
}

std::vector<std::int32_t> PoolCore::worker_pids() {
  const Lock guard = lock();
  return state_->engine.worker_pids();
}

}  // namespace prun::detail
