// See pool_serving.hpp. Every function but run_callbacks, which releases it, runs with the lock held.
#include "pool/pool_serving.hpp"

#include "sys/cpu_budget.hpp"
#include "sys/error.hpp"
#include "sys/event_fd.hpp"
#include "sys/futex.hpp"
#include "sys/process_limit.hpp"
#include "task/cancelled.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>

namespace prun::detail {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds tick{1};
constexpr unsigned many_short_sleeps = 4;

pool::EngineOptions engine_options(const PoolCore::Options& options) {
  pool::EngineOptions engine;
  engine.workers = options.workers;
  engine.threads = options.threads;
  engine.start = options.start;
  engine.on_demand = options.on_demand;
  engine.max_tasks_per_child = options.max_tasks_per_child;
  engine.run_seed = options.seed;
  engine.setup.initializer = options.initializer;
  engine.setup.limits.memory = options.memory_limit;
  engine.setup.limits.cpu_time = options.cpu_time_limit;
  if (!options.threads) engine.setup.environment = sys::thread_limits(sys::cpu_budget(), options.workers);
  return engine;
}

}  // namespace

Failure ended_failure() { return cancelled_failure("the pool was ended before the call was"); }

std::uint32_t forks_until_now() noexcept {
  static std::atomic<std::uint32_t> forks{0};
  static const int registered =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

PoolCore::State::State(const Options& options)
    : wake(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")), engine(engine_options(options)) {}

bool PoolCore::State::wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline) {
  for (;;) {
    ++pumps;
    const bool busy = engine.busy();
    if (engine.pump() != 0 && waiting != 0) progress.notify_all();
    if (done()) return true;
    if (deadline && steady_clock::now() >= *deadline) return false;
    if (quit) {
      progress.wait_for(lock, tick);  // terminate() is settling every call
    } else if (listening) {
      ++waiting;
      deadline ? static_cast<void>(progress.wait_until(lock, *deadline)) : progress.wait(lock);
      --waiting;
    } else if (on_server()) {
      sleep_as_server(lock, deadline);
    } else if (engine.may_sleep(busy ? ring::Bell::futex_batch : ring::Bell::futex_any)) {
      listen(lock, busy ? std::min(deadline.value_or(steady_clock::time_point::max()), steady_clock::now() + tick)
                        : deadline);
    } else {
      engine.awake();
    }
  }
}

// A pool has as many workers as were asked for, or is not made. (Executors start theirs when there is work.)
void PoolCore::State::require_all_workers() {
  while (!engine.threads() && !engine.broken() && engine.worker_pids().size() < engine.workers_left()) {
    pollfd host{engine.host_fd(), POLLIN, 0};
    sys::retry_interrupted([&host] { return ::poll(&host, 1, -1); });
    engine.on_readable();
  }
  const std::uint32_t started = engine.workers_left();
  if (started >= engine.worker_limit() || engine.spawn_error() == 0) return;
  throw std::system_error(engine.spawn_error(), std::generic_category(),
                          "prun: only " + std::to_string(started) + " of " + std::to_string(engine.worker_limit()) +
                              " workers can be started: " + sys::no_process_text(engine.spawn_error()));
}

void PoolCore::State::listen(Lock& lock, const Deadline& deadline) {
  std::optional<std::chrono::nanoseconds> limit;
  if (deadline) limit = std::max(*deadline - steady_clock::now(), steady_clock::duration::zero());
  const std::uint32_t armed = engine.bell_word().load(std::memory_order_relaxed);
  listening = true;
  lock.unlock();
  if (armed != static_cast<std::uint32_t>(ring::Bell::silent)) sys::futex_wait(engine.bell_word(), armed, limit);
  lock.lock();
  listening = false;
  if (waiting != 0) progress.notify_all();  // another waiter may have to listen now
  engine.awake();
}

// Hands the bell over to the server thread. The bell is armed if no result is available. Otherwise the server polls.
void PoolCore::State::hand_over() {
  if (listening || hot || quit || engine.may_sleep(ring::Bell::event_any)) return;
  engine.awake();
  hot = true;
  wake_server();
}

// Calls have ended without a record that a waiting thread takes itself.
void PoolCore::State::settled() {
  if (waiting != 0) progress.notify_all();
  if (!listening) return;
  engine.awake();
  sys::futex_wake(engine.bell_word());
}

void PoolCore::State::wake_server() const { sys::signal_event(wake.get()); }

// The server thread handles callbacks, deaths, and results that no thread waits for.
void PoolCore::State::serve() {
  Lock lock(mutex);
  server_id = std::this_thread::get_id();
  while (!quit) {
    pump_unless_others_do();
    callbacks.empty() ? sleep_as_server(lock, std::nullopt) : run_callbacks(lock);
  }
}

void PoolCore::State::pump_unless_others_do() {
  const bool others_do = listening || (hot && pumps != pumps_seen);
  if (!others_do) {
    hot = false;
    engine.pump();
  }
  if (waiting != 0) progress.notify_all();
  pumps_seen = pumps;
}

void PoolCore::State::run_callbacks(Lock& lock) {
  std::deque<std::function<void()>> batch;
  batch.swap(callbacks);
  calling = true;
  lock.unlock();
  for (auto& callback : batch) {
    callback();
    callback = nullptr;
  }
  lock.lock();
  calling = false;
  progress.notify_all();
  settled();
}

void PoolCore::State::sleep_as_server(Lock& lock, const Deadline& deadline) {
  const bool busy = engine.busy() || short_sleeps >= many_short_sleeps;
  if (listening || hot || engine.may_sleep(busy ? ring::Bell::event_full : ring::Bell::event_any)) {
    std::array<pollfd, 3> waits{pollfd{engine.bell_fd(), POLLIN, 0}, pollfd{engine.host_fd(), POLLIN, 0},
                                pollfd{wake.get(), POLLIN, 0}};
    using std::chrono::milliseconds;
    milliseconds limit{-1};
    if (hot || (busy && !listening)) {
      limit = tick;
    } else if (deadline) {
      limit =
          std::chrono::ceil<milliseconds>(std::max(*deadline - steady_clock::now(), steady_clock::duration::zero()));
      limit = std::min(limit, milliseconds(std::chrono::hours(1)));
    }
    server_asleep = true;
    lock.unlock();
    const auto asleep_since = steady_clock::now();
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(limit.count()));
    short_sleeps = ready > 0 && steady_clock::now() - asleep_since < tick / 4 ? short_sleeps + 1 : 0;
    lock.lock();
    server_asleep = false;
    if (quit) progress.notify_all();
    if (ready > 0) after_server_woke();
  }
  if (!listening && !hot) engine.awake();
}

void PoolCore::State::after_server_woke() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake.get(), &count, sizeof count);
  engine.on_readable();
  if (killed) engine.dispatcher().fail_all(ended_failure(), false);
  if (listening) engine.pump();
  settled();
}

InputReader* PoolCore::State::reader_in(InputReader::State state) const {
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [state](const InputReader* reader) { return reader->state() == state; });
  return found == readers.end() ? nullptr : *found;
}

// Meanwhile, streams may be destroyed, or read by their own threads.
void PoolCore::State::read_all_inputs(Lock& lock) {
  const auto settled = [this] {
    return refuses() || reader_in(InputReader::State::open) || !reader_in(InputReader::State::busy);
  };
  for (;;) {
    if (!settled()) {
      wait(lock, settled, std::nullopt);
      hand_over();
    }
    InputReader* const reader = reader_in(InputReader::State::open);
    if (refuses() || reader == nullptr) return;
    reader->read_all(lock);
  }
}

// Without the lock, because a callback may use the pool. An outcome may make a stream hand out its next inputs, although the workers
// leave: these fail too.
void PoolCore::State::wait_for_threads(Lock& lock) {
  const auto fail_all = [this] { engine.dispatcher().fail_all(ended_failure(), false); };
  fail_all();
  engine.drop();
  for (;;) {
    engine.pump();
    fail_all();
    if (engine.dispatcher().in_flight() == 0) return;
    progress.wait_for(lock, tick);
  }
}

}  // namespace prun::detail
