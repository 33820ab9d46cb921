#include "pool/engine.hpp"

#include "pool/fork_server.hpp"
#include "pool/thread_host.hpp"
#include "pool/worker_end.hpp"
#include "sys/cgroup_children.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/process_limit.hpp"
#include "wire/failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <system_error>
#include <thread>

namespace prun::pool {
namespace {

// How often to look whether a busy worker takes a single chunk: half a microsecond.
constexpr int busy_looks = 20;

// Some twenty microseconds: not more than a sleep and a waking cost. Where there is one CPU, a watcher only keeps others from
// working.
constexpr std::uint32_t watch_spins = 1000;

constexpr int partner_tries = 10'000;  // a second

ring::Geometry geometry_for(const EngineOptions& options) {
  ring::Geometry geometry;
  geometry.workers = options.workers;
  return geometry;
}

}  // namespace

Engine::Engine(EngineOptions options)
    : options_(std::move(options)),
      region_(geometry_for(options_)),
      tasks_(region_),
      arena_(region_),
      bell_(region_.header()),
      sleepers_(region_),
      event_fd_(sys::checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      start_failures_(static_cast<bool>(options_.setup.initializer)),
      dispatcher_(*this, arena_, {.workers = options_.workers}) {
  ring::Header& header = region_.header();
  header.event_fd = event_fd_.get();
  header.run_seed = options_.run_seed;
  header.watch_spins = std::thread::hardware_concurrency() > 1 ? watch_spins : 0;
  header.max_tasks_per_child = options_.max_tasks_per_child;
  header.clocked = options_.timeout.has_value() || options_.clocked;
  header.memory_limited = options_.setup.limits.memory != 0;
  header.cpu_limit_us = options_.setup.limits.cpu_time.count();
  workers_.reserve(options_.workers);
  for (std::uint32_t i = 0; i < options_.workers; ++i) workers_.emplace_back(ring::ResultConsumer(region_, i));
  start_host(options_.on_demand ? 0 : options_.workers);
}

Engine::~Engine() {
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.type = "prun::CancelledError";
  failure.message = "the pool was ended";
  end(failure);
}

void Engine::end(const Failure& failure) {
  stopping_ = true;
  dispatcher_.fail_all(failure, false);  // what no worker has claimed must not be run
  if (options_.threads && host_) take_results_until_threads_leave();
  host_.reset();
  for (std::uint32_t i = 0; i < started_; ++i) {
    while (collect(i) != 0) {
    }
  }
  dispatcher_.fail_all(failure, true);
  alive_ = 0;
}

// A thread that waits for room in its result ring would never end if nobody read.
void Engine::take_results_until_threads_leave() {
  const auto left = [this](std::uint32_t i) {
    return workers_[i].state == WorkerState::absent ||
           region_.worker(i).stage.load(std::memory_order_seq_cst) == ring::WorkerStage::retired;
  };
  const auto all_left = [&] {
    for (std::uint32_t i = 0; i < started_; ++i) {
      if (!left(i)) return false;
    }
    return true;
  };
  drop();
  while (!all_left()) {
    if (may_sleep(ring::Bell::futex_any) && !all_left()) {
      sys::futex_wait(bell_word(), static_cast<std::uint32_t>(ring::Bell::futex_any));
    }
    awake();
    for (std::uint32_t i = 0; i < started_; ++i) collect(i);
  }
}

void Engine::start_host(std::uint32_t initial) {
  if (options_.threads) {
    host_ = std::make_unique<ThreadHost>(
        [this](std::uint32_t worker) { worker::run_worker_thread(region_, worker, options_.setup); }, options_.workers,
        [this] { stop(); });
    for (std::uint32_t i = 0; i < initial; ++i) start_worker(i);
    return;
  }
  // Buffered output belongs to this process alone.
  std::cout.flush();
  std::fflush(nullptr);
  host_ = std::make_unique<ForkServer>(
      [this](std::uint32_t worker) { worker::run_worker_process(region_, worker, options_.setup); }, options_.workers,
      initial, options_.last_act);
  for (std::uint32_t i = 0; i < initial; ++i) workers_[i].state = WorkerState::asked_for;
  alive_ += initial;
  started_ = std::max(started_, initial);
}

std::size_t Engine::pump() {
  std::size_t records = 0;
  for (std::uint32_t i = 0; i < started_; ++i) records += collect(i);
  records_since_sleep_ += records;
  feed();
  return records;
}

std::size_t Engine::collect(std::uint32_t index) {
  Worker& worker = workers_[index];
  if (!worker.results.has_data()) return 0;
  if (worker.pid == 0) worker.pid = region_.worker(index).pid.load(std::memory_order_relaxed);
  std::size_t records = 0;
  ring::Record record;
  // Once round the ring at most, so that a quick worker does not keep the others waiting.
  while (!worker.corrupt && worker.results.unreleased() < region_.header().result_bytes &&
         worker.results.next(record)) {
    if (record.header.kind == ring::RecordKind::broken) {
      break_pool(wire::decode_failure(record.payload));
    } else if (!dispatcher_.on_record(index, worker.pid, record)) {
      worker.corrupt = true;
    }
    ++records;
  }
  if (records != 0) start_failures_.forget();
  if (worker.results.corrupt()) worker.corrupt = true;
  if (worker.corrupt && host_) host_->kill(index, SIGKILL);
  if (records != 0 && worker.results.release()) {
    auto& wanted = region_.worker(index).credit_wanted;
    wanted.store(0, std::memory_order_seq_cst);
    sys::futex_wake(wanted);
  }
  return records;
}

void Engine::feed() {
  const std::uint64_t published = dispatcher_.feed();
  if (published == 0) return;
  region_.header().low_water.store(static_cast<std::uint32_t>(dispatcher_.in_flight() / 4), std::memory_order_relaxed);
  tasks_.announce();
  if (published != 1 || !claimed_by_a_busy_worker()) sleepers_.wake_for(published);
  if (options_.on_demand) start_missing_workers();
}

// A single chunk may be taken, in less time than a waking costs, by a worker that is just done with another.
bool Engine::claimed_by_a_busy_worker() {
  const std::uint64_t asleep = sleepers_.count();
  if (asleep == 0 || asleep >= alive_) return false;
  for (int look = 0; look < busy_looks; ++look) {
    if (tasks_.empty()) return true;
    sys::spin_pause();
  }
  return false;
}

// As many workers as there are chunks without their outcomes: a worker whose last outcome has come is free for the next.
void Engine::start_missing_workers() {
  if (stopping_ || broken_) return;
  for (std::uint32_t i = 0; i < options_.workers && alive_ < dispatcher_.in_flight(); ++i) {
    if (workers_[i].state == WorkerState::absent) start_worker(i);
  }
}

void Engine::start_worker(std::uint32_t index) {
  workers_[index].state = WorkerState::asked_for;
  ++alive_;
  started_ = std::max(started_, index + 1);
  host_->start(index);
  while (host_->fd() < 0) {
    const auto event = host_->next_event();
    if (!event) break;
    on_event(*event);
  }
}

bool Engine::may_sleep(ring::Bell bell) {
  bell_.arm(bell);
  const bool hungry =
      ring::wants_any(bell) || (ring::wants_idle(bell) && tasks_.backlog() == 0) ||
      (ring::wants_low_water(bell) && tasks_.backlog() < region_.header().low_water.load(std::memory_order_relaxed));
  for (std::uint32_t i = 0; i < started_; ++i) {
    if (!workers_[i].results.has_data() || workers_[i].corrupt) continue;
    if (hungry || workers_[i].results.half_full()) return false;
  }
  records_since_sleep_ = 0;
  return true;
}

void Engine::on_readable() {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto got = ::read(event_fd_.get(), &rings, sizeof rings);
  if (!host_ || host_->fd() < 0) return;
  while (const auto event = host_->next_event()) on_event(*event);
}

void Engine::on_event(const WorkerHost::Event& event) {
  switch (event.kind) {
    case WorkerHost::Event::Kind::started:
      workers_[event.worker].state = WorkerState::alive;
      if (event.pid != 0) workers_[event.worker].pid = event.pid;
      break;
    case WorkerHost::Event::Kind::exited: on_exit(event.worker, event.status, &event.used); break;
    case WorkerHost::Event::Kind::spawn_failed: on_spawn_failed(event.worker, event.status); break;
    case WorkerHost::Event::Kind::host_lost: on_host_lost(); break;
  }
}

// A worker that was killed for one call may have been at another by the time it died: that one is not to blame, and runs
// again.
Failure Engine::loss_of(std::uint32_t index, std::int32_t status, dispatch::LostWorker& lost) const {
  const Worker& worker = workers_[index];
  WorkerEnd end{worker.pid, status, region_.worker(index).death_note.load(), WorkerEnd::Cause::its_own, {}};
  if (worker.corrupt) {
    end.cause = WorkerEnd::Cause::corrupt;
  } else if (worker.overdue_held != 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    if (lost.ticket == worker.overdue_held - 1 && lost.begun == worker.overdue_begun) {
      end.cause = WorkerEnd::Cause::overdue;
      end.timeout = *options_.timeout;
    } else {
      lost.begun = 0;
    }
  } else if (sys::CgroupChildren* const groups = options_.setup.limits.groups;
             groups != nullptr && groups->killed_in(index)) {
    end.cause = WorkerEnd::Cause::memory;
  }
  return failure_of(end);
}

std::optional<std::chrono::nanoseconds> Engine::kill_overdue() {
  if (!options_.timeout || !host_) return std::nullopt;
  const std::int64_t limit = options_.timeout->count();
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();  // CLOCK_MONOTONIC
  std::int64_t next = limit;
  for (std::uint32_t i = 0; i < started_; ++i) {
    const ring::WorkerBlock& block = region_.worker(i);
    const std::uint64_t held = block.held.load(std::memory_order_acquire);
    const std::uint64_t begun = block.begun.load(std::memory_order_acquire);
    const std::int64_t begun_at = block.begun_at.load(std::memory_order_acquire);
    if (held == 0 || begun == 0 || begun_at == 0) continue;
    const std::int64_t left = begun_at + limit - now;
    if (left > 0) {
      next = std::min(next, left);
    } else if (workers_[i].overdue_held != held || workers_[i].overdue_begun != begun) {
      workers_[i].overdue_held = held;
      workers_[i].overdue_begun = begun;
      host_->kill(i, SIGKILL);
    }
  }
  return std::chrono::nanoseconds(next);
}

std::vector<Engine::Occupation> Engine::occupations() const {
  std::vector<Occupation> all;
  for (std::uint32_t i = 0; i < started_; ++i) {
    if (workers_[i].state == WorkerState::absent) continue;
    const ring::WorkerBlock& block = region_.worker(i);
    Occupation occupation{block.pid.load(std::memory_order_relaxed), std::nullopt};
    const std::uint64_t held = block.held.load(std::memory_order_acquire);
    const std::uint64_t begun = block.begun.load(std::memory_order_acquire);
    if (held != 0 && begun != 0) {
      if (const auto first = dispatcher_.first_index_of(held - 1)) occupation.index = *first + begun - 1;
    }
    all.push_back(occupation);
  }
  return all;
}

// A worker's partner has been killed with it, but need not be gone yet; as long as it lives it holds a lock, and may write.
void Engine::wait_for_partner(std::uint32_t index) const {
  if (!region_.worker(index).has_partner.load(std::memory_order_acquire)) return;
  struct flock place {};
  place.l_type = F_WRLCK;
  place.l_whence = SEEK_SET;
  place.l_start = index;
  place.l_len = 1;
  // What hangs in the kernel runs no more, and is not waited for to the end of time.
  for (int tries = 0; tries < partner_tries && ::fcntl(region_.memory().fd(), F_SETLK, &place) != 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  place.l_type = F_UNLCK;
  ::fcntl(region_.memory().fd(), F_SETLK, &place);
}

// Nobody else touches what the worker left: its death is known to be over.
void Engine::on_exit(std::uint32_t index, std::int32_t status, const WorkerHost::Used* used) {
  Worker& worker = workers_[index];
  ring::WorkerBlock& block = region_.worker(index);
  wait_for_partner(index);
  while (collect(index) != 0) {
  }
  const auto stage = block.stage.load(std::memory_order_acquire);
  dispatch::LostWorker lost{index, {}, std::nullopt, 0, block.begun_at.load(std::memory_order_relaxed), 0, {}};
  if (lost.started_ns != 0) {
    lost.duration_ns = std::chrono::steady_clock::now().time_since_epoch().count() - lost.started_ns;
  }
  if (const std::uint64_t held = block.held.load(std::memory_order_acquire); held != 0) {
    lost.ticket = held - 1;
    lost.begun = block.begun.load(std::memory_order_relaxed);
  }
  if (const auto ticket = tasks_.claimed(index)) {
    lost.ticket = ticket;
    tasks_.vacate(*ticket);
  }
  if (used != nullptr) lost.usage = usage_of_last_call(block, *used);
  const Failure failure = loss_of(index, status, lost);
  lost.failure = failure;
  dispatcher_.on_worker_lost(std::move(lost));

  worker.results.reset();
  sleepers_.forget(index);
  std::destroy_at(&block);
  std::construct_at(&block);
  worker.corrupt = false;
  worker.overdue_held = worker.overdue_begun = 0;
  worker.state = WorkerState::absent;
  worker.pid = 0;
  --alive_;

  if (stage == ring::WorkerStage::none || stage == ring::WorkerStage::starting) {
    on_failed_start(failure);
  } else {
    start_failures_.forget();
  }
  // What has left the worker's process group is still in its control group.
  if (options_.setup.limits.groups != nullptr) options_.setup.limits.groups->kill_rest(index);
  if (broken_) dispatcher_.fail_all(*broken_, alive_ == 0);  // what the dead one leaves, nobody will run
  if (!stopping_ && !broken_ && (!options_.on_demand || alive_ < dispatcher_.in_flight())) start_worker(index);
  sleepers_.wake(tasks_.backlog());  // one that it was woken for, and never claimed, is for another now
}

// The workers die with their server, but not at the same instant, and none may write once its block is taken back.
void Engine::on_host_lost() {
  host_.reset();
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    const std::int32_t pid = workers_[i].pid != 0 ? workers_[i].pid : region_.worker(i).pid.load();
    const sys::Fd process = workers_[i].state != WorkerState::absent && pid != 0 ? sys::open_pidfd(pid) : sys::Fd();
    if (!process) continue;
    sys::kill_group(pid, SIGKILL);
    pollfd ended{process.get(), POLLIN, 0};
    sys::retry_interrupted([&] { return ::poll(&ended, 1, -1); });
  }
  if (stopping_ && alive_ == 0) return;
  try {
    start_host(0);
  } catch (const std::system_error& error) {
    Failure failure;
    failure.type = "prun::BrokenPoolError";
    failure.message = std::string("the process that starts workers died, and there can be no other: ") + error.what();
    break_pool(std::move(failure));
  }
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    if (workers_[i].state != WorkerState::absent) on_exit(i, SIGKILL, nullptr);
  }
}

void Engine::on_failed_start(Failure cause) {
  const bool killed = cause.signal == SIGKILL;
  const bool hopeless = start_failures_.condemn(killed ? StartFailures::How::killed : StartFailures::How::by_itself);
  if (!hopeless || broken_ || stopping_) return;
  cause.message = (options_.setup.initializer ? "a worker died in its initializer: " : "workers die at their start: ") +
                  cause.message;
  break_pool(std::move(cause));
}

void Engine::on_spawn_failed(std::uint32_t index, int error) {
  workers_[index].state = WorkerState::absent;
  --alive_;
  spawn_error_ = error;
  if (!start_failures_.condemn(StartFailures::How::no_process) && !stopping_) {
    start_worker(index);
    return;
  }
  if (alive_ != 0) return;
  Failure failure;
  failure.kind = FailureKind::worker_start;
  failure.type = "prun::BrokenPoolError";
  failure.message = "no worker can be started: " + sys::no_process_text(error);
  break_pool(std::move(failure));
}

void Engine::break_pool(Failure failure) {
  if (broken_) return;
  failure.kind = FailureKind::worker_start;
  broken_ = failure;
  dispatcher_.fail_all(failure, false);
}

void Engine::stop() {
  stopping_ = true;
  region_.header().stopping.store(1, std::memory_order_seq_cst);
  sleepers_.wake(options_.workers);
}

void Engine::drop() {
  region_.header().dropping.store(1, std::memory_order_relaxed);
  stop();
}

void Engine::kill_workers(int signal) {
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    if (host_ && workers_[i].state != WorkerState::absent) host_->kill(i, signal);
  }
}

void Engine::go_on(std::chrono::nanoseconds paused) {
  for (std::uint32_t i = 0; i < started_; ++i) {
    std::atomic<std::int64_t>& begun_at = region_.worker(i).begun_at;  // of a worker that is stopped
    if (begun_at.load() != 0) begun_at.fetch_add(paused.count());
  }
  kill_workers(SIGCONT);
}

std::vector<std::int32_t> Engine::worker_pids() const {
  std::vector<std::int32_t> pids;
  for (const Worker& worker : workers_) {
    if (worker.state == WorkerState::alive) pids.push_back(worker.pid);
  }
  return pids;
}

}  // namespace prun::pool
