// PoolCore: one lock, one engine, and who serves it when.
//
// Any thread that holds the lock may pump the engine. Whoever has to wait becomes the listener, if there is none: it sleeps on
// the bell's own word, so that a worker wakes it directly. Further waiters sleep on `progress`. While nobody listens, the
// server thread does, through the event descriptor. A caller that leaves with results still coming would make the server
// wake at each of them; so it leaves the bell silent and asks the server to look once a millisecond (`hot`), until a
// millisecond passes in which nobody has pumped. However a caller leaves, it hands the bell over: else nobody hears it.
// A callback that waits does so in the server thread, which goes on serving meanwhile.
#include <prun/detail/call_job.hpp>
#include <prun/detail/pool_core.hpp>

#include "pool/engine.hpp"
#include "pool/spawned_start.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/error.hpp"
#include "sys/event_fd.hpp"
#include "sys/fd.hpp"
#include "sys/futex.hpp"
#include "sys/process_limit.hpp"
#include "worker/worker_process.hpp"

#include <prun/error.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
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
constexpr std::chrono::milliseconds tick{1};
constexpr unsigned many_short_sleeps = 4;
thread_local unsigned callback_depth = 0;

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

Failure ended() {
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.type = "prun::CancelledError";
  failure.message = "the pool was ended before the call was";
  return failure;
}

// How often this process has come out of a fork: a child must leave its parent's pools alone.
std::uint32_t forks_until_now() noexcept {
  static std::atomic<std::uint32_t> forks{0};
  static const int registered =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

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

struct PoolCore::State {
  explicit State(const Options& options)
      : wake(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")), engine(engine_options(options)) {}

  void require_all_workers();
  void serve();
  void run_callbacks(Lock& lock);
  void pump_unless_others_do();
  void sleep_as_server(Lock& lock, const Deadline& deadline);
  void after_server_woke();
  void listen(Lock& lock, const Deadline& deadline);
  bool wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline);
  void hand_over();
  void wake_server() const;
  void settled();
  void wait_for_threads(Lock& lock);
  void read_all_inputs(Lock& lock);
  [[nodiscard]] InputReader* reader_in(InputReader::State state) const;
  [[nodiscard]] bool refuses() const noexcept { return quit || withdrawn || engine.broken(); }
  [[nodiscard]] bool on_server() const { return server_id == std::this_thread::get_id(); }
  [[nodiscard]] bool callbacks_done() const { return on_server() || (callbacks.empty() && !calling); }

  std::mutex mutex;
  std::condition_variable progress;
  sys::Fd wake;
  pool::Engine engine;
  std::thread server;
  std::thread::id server_id;
  const std::uint32_t made_in = forks_until_now();
  std::deque<std::function<void()>> callbacks;
  std::vector<InputReader*> readers;
  std::uint64_t calls = 0;       // submitted
  std::uint64_t pumps = 0;       // by anybody
  std::uint64_t pumps_seen = 0;  // by the server
  unsigned short_sleeps = 0;     // of the server, in a row: results that nobody waits for come thick
  unsigned waiting = 0;          // threads asleep on `progress`
  bool listening = false;        // a caller sleeps on the bell
  bool server_asleep = false;
  bool calling = false;  // the server runs callbacks
  bool hot = false;
  bool closed = false;
  bool joined = false;     // it ends because all work is done
  bool withdrawn = false;  // nothing is to be run any more
  bool killed = false;     // what the dead leave is nobody's
  bool quit = false;       // the end has begun
  bool over = false;       // and everything has ended
};

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
  // Signals are for the user's own threads.
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
    throw std::system_error(trouble,
                            "prun: the pool's own thread cannot be started: " + sys::no_process_text(trouble.value()));
  }
}

PoolCore::~PoolCore() {
  if (foreign()) {  // its threads and its children are another process's
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

void PoolCore::attach(Lock&, InputReader& reader) { state_->readers.push_back(&reader); }

void PoolCore::detach(Lock&, InputReader& reader) { std::erase(state_->readers, &reader); }

bool PoolCore::refuses(Lock&) const noexcept { return state_->refuses(); }

std::exception_ptr PoolCore::refusal(Lock&) const {
  if (const auto& broken = state_->engine.broken()) return exception_of(*broken);
  if (state_->withdrawn) return exception_of(ended());
  return std::make_exception_ptr(MisuseError("the pool was shut down before this input was read"));
}

void PoolCore::settled() { state_->settled(); }

bool PoolCore::wait(Lock& lock, const std::function<bool()>& done, const Deadline& deadline) {
  if (done()) return true;
  const bool in_time = state_->wait(lock, done, deadline);
  state_->hand_over();
  return in_time;
}

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
  if (waiting != 0) progress.notify_all();  // somebody else may have to listen now
  engine.awake();
}

// Leaves the bell to the server thread: armed where nothing is there, else it looks by the clock.
void PoolCore::State::hand_over() {
  if (listening || hot || quit || engine.may_sleep(ring::Bell::event_any)) return;
  engine.awake();
  hot = true;
  wake_server();
}

// Calls have ended otherwise than by a record that a waiting thread takes itself.
void PoolCore::State::settled() {
  if (waiting != 0) progress.notify_all();
  if (!listening) return;
  engine.awake();
  sys::futex_wake(engine.bell_word());
}

void PoolCore::State::wake_server() const { sys::signal_event(wake.get()); }

// The server thread: callbacks, deaths, and results that nobody waits for.
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
  if (killed) engine.dispatcher().fail_all(ended(), false);
  if (listening) engine.pump();
  settled();
}

void PoolCore::cancel(Lock&, Job& job) {
  const auto& broken = state_->engine.broken();
  state_->engine.dispatcher().cancel(job, broken ? *broken : ended());
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
  state_->engine.dispatcher().fail_all(ended(), false);
  state_->settled();
}

InputReader* PoolCore::State::reader_in(InputReader::State state) const {
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [state](const InputReader* reader) { return reader->state() == state; });
  return found == readers.end() ? nullptr : *found;
}

// Streams may be dropped, and read by their own threads, meanwhile.
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
  if (s.quit) {  // from a callback, the other call cannot be waited for: it may be waiting for the callback
    if (!s.on_server()) s.progress.wait(guard, [&s] { return s.over && !s.calling; });
    return;
  }
  s.quit = true;
  s.settled();
  s.wake_server();
  s.progress.wait(guard, [&s] { return !s.server_asleep; });  // it reads descriptors that are closed now
  if (s.engine.threads()) s.wait_for_threads(guard);
  s.engine.end(ended());
  std::deque<std::function<void()>> callbacks;
  callbacks.swap(s.callbacks);
  s.over = true;
  s.progress.notify_all();
  if (!s.on_server()) s.progress.wait(guard, [&s] { return !s.calling; });
  guard.unlock();
  for (auto& callback : callbacks) callback();
}

// Without the lock: what they run may use the pool.
void PoolCore::State::wait_for_threads(Lock& lock) {
  engine.dispatcher().fail_all(ended(), false);
  engine.drop();
  for (engine.pump(); engine.dispatcher().in_flight() != 0; engine.pump()) progress.wait_for(lock, tick);
}

void PoolCore::end_workers(int signal) {
  const Lock guard = lock();
  state_->closed = true;
  state_->withdrawn = true;
  state_->killed = true;
  state_->engine.dispatcher().fail_all(ended(), false);
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
