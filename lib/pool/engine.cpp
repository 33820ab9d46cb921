#include "pool/engine.hpp"

#include "ring/share.hpp"
#include "sys/error.hpp"
#include "task/cancelled.hpp"
#include "wire/failure.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

namespace prun::pool {
namespace {

// How often to check whether a busy worker takes a single chunk: half a microsecond.
constexpr int busy_looks = 20;

// About twenty microseconds: not more than the cost of a sleep and a wake-up. With one CPU, a watcher only keeps others from
// running.
constexpr std::uint32_t watch_spins = 1000;

static_assert(ring::Geometry{}.slots <= ring::Share::most_slots);

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
      most_alive_(options_.workers),
      start_failures_(static_cast<bool>(options_.setup.initializer)),
      dispatcher_(*this, arena_, {.workers = options_.workers}) {
  ring::Header& header = region_.header();
  header.event_fd = event_fd_.get();
  header.run_seed = options_.run_seed;
  header.watch_spins = std::thread::hardware_concurrency() > 1 ? watch_spins : 0;
  header.max_tasks_per_child = options_.max_tasks_per_child;
  header.clocked = options_.timeout.has_value() || options_.clocked;
  header.sampled = options_.sampled;
  header.memory_limited = options_.setup.limits.memory != 0;
  header.cpu_limit_us = options_.setup.limits.cpu_time.count();
  workers_.reserve(options_.workers);
  for (std::uint32_t i = 0; i < options_.workers; ++i) workers_.emplace_back(ring::ResultConsumer(region_, i));
  if (options_.start == Start::spawn) modules_ = std::make_unique<sys::ModuleTable>();
  start_host(options_.on_demand ? 0 : options_.workers);
}

Engine::~Engine() { end(cancelled_failure("the pool was ended")); }

void Engine::end(const Failure& failure) {
  stopping_ = true;
  dispatcher_.fail_all(failure, false);  // chunks that no worker has claimed must not run
  if (options_.threads && host_) take_results_until_threads_leave();
  host_.reset();
  for (std::uint32_t i = 0; i < started_; ++i) {
    while (collect(i) != 0) {
    }
  }
  dispatcher_.fail_all(failure, true);
  alive_ = 0;
}

// A thread that waits for room in its result ring exits only if the ring is read.
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
  // Reads at most one lap of the ring, so that a fast worker does not delay the others.
  while (!worker.corrupt && worker.results.unreleased() < region_.header().result_bytes &&
         worker.results.next(record)) {
    if (record.header.kind == ring::RecordKind::broken) {
      break_pool(wire::decode_failure(record.payload));
    } else if (!dispatcher_.on_record(index, worker.pid, record)) {
      worker.corrupt = true;
    }
    ++records;
  }
  if (records != 0) start_failures_.forget_all();
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

std::optional<std::uint32_t> Engine::recall(std::uint64_t ticket, std::uint32_t told) {
  for (std::uint32_t i = 0; i < started_; ++i) {
    ring::WorkerBlock& block = region_.worker(i);
    if (block.held.load(std::memory_order_acquire) == ticket + 1) return ring::Share(block).halve(ticket, told);
  }
  return std::nullopt;
}

std::chrono::nanoseconds Engine::handing_cost() const {
  std::int64_t sum = 0;
  std::int64_t measured = 0;
  for (std::uint32_t i = 0; i < started_; ++i) {
    const std::int64_t cost = region_.worker(i).handing_ns.load(std::memory_order_relaxed);
    sum += cost;
    if (cost != 0) ++measured;
  }
  return std::chrono::nanoseconds(measured == 0 ? 0 : sum / measured);
}

// A worker that has just finished another chunk may take a single chunk faster than a wake-up would.
bool Engine::claimed_by_a_busy_worker() {
  const std::uint64_t asleep = sleepers_.count();
  if (asleep == 0 || asleep >= alive_) return false;
  for (int look = 0; look < busy_looks; ++look) {
    if (tasks_.empty()) return true;
    sys::spin_pause();
  }
  return false;
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
  while (host_) {  // an event may report that it was lost
    const auto event = host_->next_event();
    if (!event) break;
    on_event(*event);
  }
}

// A worker may begin its next call between two reads of its words. Then the age of one call would be reported for the other.
Engine::Occupation Engine::occupation_of(std::uint32_t index) const {
  const ring::WorkerBlock& block = region_.worker(index);
  Occupation occupation{index, block.pid.load(std::memory_order_relaxed), std::nullopt};
  const std::uint64_t held = block.held.load(std::memory_order_acquire);
  const std::uint64_t begun = block.begun.load(std::memory_order_acquire);
  if (held == 0 || begun == 0) return occupation;
  occupation.index = dispatcher_.index_without_outcome(held - 1, begun - 1);
  if (!occupation.index) return occupation;
  std::int64_t begun_at = block.begun_at.load(std::memory_order_acquire);
  if (begun_at == ring::condemned) begun_at = workers_[index].condemned_since;
  const bool same =
      block.held.load(std::memory_order_relaxed) == held && block.begun.load(std::memory_order_relaxed) == begun;
  if (same) occupation.begun_at = begun_at;
  return occupation;
}

std::vector<Engine::Occupation> Engine::occupations() const {
  std::vector<Occupation> all;
  for (std::uint32_t i = 0; i < started_; ++i) {
    if (workers_[i].state != WorkerState::absent) all.push_back(occupation_of(i));
  }
  return all;
}

std::int32_t Engine::process_of_call(std::uint32_t worker) const {
  const std::int32_t command = region_.worker(worker).child_group.load();
  return command > 1 ? command : region_.worker(worker).pid.load(std::memory_order_relaxed);
}

std::string Engine::last_output_of(std::uint32_t worker) const {
  const ring::WorkerBlock& block = region_.worker(worker);
  return block.child_group.load() > 1 ? block.last_output.read() : std::string();
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
    std::atomic<std::int64_t>& begun_at = region_.worker(i).begun_at;
    std::int64_t then = begun_at.load();
    while (then != 0 && then != ring::condemned && !begun_at.compare_exchange_weak(then, then + paused.count())) {
    }
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
