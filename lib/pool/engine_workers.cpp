// How workers start and end: the second half of the engine. It finds out from a dead worker's marks what the worker held
// (ring/PROTOCOL.md).
#include "pool/engine.hpp"

#include "pool/fork_server.hpp"
#include "pool/thread_host.hpp"
#include "pool/worker_end.hpp"
#include "sys/process.hpp"
#include "sys/process_limit.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace prun::pool {
namespace {

constexpr int partner_tries = 10'000;             // one second
constexpr std::chrono::seconds longest_dying{2};  // for a worker whose server is dead

}  // namespace

void Engine::start_host(std::uint32_t initial) {
  if (options_.threads) {
    host_ = std::make_unique<ThreadHost>(
        [this](std::uint32_t worker) { worker::run_worker_thread(region_, worker, options_.setup); }, options_.workers,
        [this] { stop(); }, options_.owns_children ? std::make_unique<Guardian>(region_, options_.last_act) : nullptr);
    for (std::uint32_t i = 0; i < initial; ++i) start_worker(i);
    return;
  }
  // Buffered output must be written only by this process.
  std::cout.flush();
  std::fflush(nullptr);
  if (options_.start == Start::spawn) {
    const ForkServer::SpawnCharge charge{&options_.setup, event_fd_.get(), modules_->memory().fd()};
    host_ = std::make_unique<ForkServer>(region_, charge, initial);
  } else {
    host_ = std::make_unique<ForkServer>(
        region_, [this](std::uint32_t worker) { worker::run_worker_process(region_, worker, options_.setup); }, initial,
        options_.last_act, options_.starts_processes);
  }
  for (std::uint32_t i = 0; i < initial; ++i) workers_[i].state = WorkerState::asked_for;
  alive_ += initial;
  started_ = std::max(started_, initial);
}

// As many workers as there are chunks without all outcomes: a worker whose last outcome has arrived is free.
void Engine::start_missing_workers() { start_workers_up_to(dispatcher_.in_flight()); }

void Engine::start_workers_up_to(std::uint64_t count) {
  if (stopping_ || broken_) return;
  const std::uint64_t wanted = std::min<std::uint64_t>(count, most_alive_);
  for (std::uint32_t i = 0; i < options_.workers && alive_ < wanted; ++i) {
    if (workers_[i].state == WorkerState::absent) start_worker(i);
  }
}

// An idle worker holds nothing, so it can be killed. Threads cannot.
void Engine::stop_idle_workers() {
  if (options_.threads || !host_ || stopping_ || dispatcher_.in_flight() != 0) return;
  most_alive_ = std::max(std::min(alive_, most_alive_) / 2, 1U);
  std::uint32_t left = alive_;
  for (std::uint32_t i = started_; i-- > 0 && left > most_alive_;) {
    const bool ready = region_.worker(i).stage.load(std::memory_order_acquire) == ring::WorkerStage::ready;
    if (workers_[i].state != WorkerState::alive || !ready) continue;
    if (!std::exchange(workers_[i].dismissed, true)) ++dismissed_;
    host_->kill(i, SIGKILL);
    --left;
  }
}

void Engine::allow_workers(std::uint64_t most) {
  if (most <= most_alive_ || most_alive_ == options_.workers) return;
  most_alive_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, options_.workers));
  if (!options_.on_demand) start_workers_up_to(most_alive_);
}

// If the host has exited, no other worker is available: the pool is broken or ends.
void Engine::start_worker(std::uint32_t index) {
  if (!host_) return;
  workers_[index].state = WorkerState::asked_for;
  ++alive_;
  started_ = std::max(started_, index + 1);
  host_->start(index);
  while (host_ && host_->fd() < 0) {
    const auto event = host_->next_event();
    if (!event) break;
    on_event(*event);
  }
}

void Engine::on_event(const WorkerHost::Event& event) {
  switch (event.kind) {
    case WorkerHost::Event::Kind::started:
      workers_[event.worker].state = WorkerState::alive;
      if (event.pid != 0) workers_[event.worker].pid = event.pid;
      if (options_.events != nullptr) options_.events->tell(WorkerStarted{event.worker, event.pid});
      break;
    case WorkerHost::Event::Kind::exited: on_exit(event.worker, event.status, &event.used); break;
    case WorkerHost::Event::Kind::spawn_failed: on_spawn_failed(event.worker, event.status); break;
    case WorkerHost::Event::Kind::wants_terminal:
      workers_[event.worker].wants_terminal = event.status;
      if (host_) host_->kill(event.worker, SIGKILL);
      break;
    case WorkerHost::Event::Kind::host_lost: on_host_lost(); break;
  }
}

Failure Engine::loss_of(std::uint32_t index, std::int32_t status) const {
  const Worker& worker = workers_[index];
  WorkerEnd end{worker.pid, status, region_.worker(index).death_note.load(), WorkerEnd::Cause::its_own, {}};
  const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (worker.corrupt) {
    end.cause = WorkerEnd::Cause::corrupt;
  } else if (worker.wants_terminal != 0 && killed) {
    end.cause = WorkerEnd::Cause::terminal;
  } else if (worker.condemned_since != 0 && killed) {
    end.cause = WorkerEnd::Cause::overdue;
    end.timeout = *options_.timeout;
  } else if (options_.setup.limits.memory_ran_out(index)) {
    end.cause = WorkerEnd::Cause::memory;
  }
  return failure_of(end);
}

// Condemns the call by a compare-and-swap on the word with its start time. Either the call has ended by then and no worker
// is killed, or the worker stays in the call (WorkerLoop::end_clock). So no other call is hit.
std::optional<std::chrono::nanoseconds> Engine::kill_overdue() {
  if (!options_.timeout || !host_) return std::nullopt;
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();  // CLOCK_MONOTONIC
  std::int64_t next = options_.timeout->count();
  for (std::uint32_t i = 0; i < started_; ++i) {
    ring::WorkerBlock& block = region_.worker(i);
    std::int64_t begun_at = block.begun_at.load(std::memory_order_acquire);
    if (begun_at == 0 || begun_at == ring::condemned) continue;
    std::int64_t left = begun_at + options_.timeout->count() - now;
    if (left <= 0 && is_at_stoppable_call(i)) left += options_.stop_allowance.count();
    if (left > 0) {
      next = std::min(next, left);
    } else if (block.begun_at.compare_exchange_strong(begun_at, ring::condemned, std::memory_order_acq_rel)) {
      workers_[i].condemned_since = begun_at;
      host_->kill(i, SIGKILL);
    }
  }
  return std::chrono::nanoseconds(next);
}

bool Engine::is_at_stoppable_call(std::uint32_t index) const {
  const std::uint64_t held = region_.worker(index).held.load(std::memory_order_acquire);
  const ring::Chunk* const chunk = held != 0 ? dispatcher_.chunk_of(held - 1) : nullptr;
  return chunk != nullptr && (chunk->flags & ring::flag_stoppable) != 0;
}

bool Engine::stoppable_call_runs() const {
  for (std::uint32_t i = 0; i < started_; ++i) {
    if (is_at_stoppable_call(i)) return true;
  }
  return false;
}

// A worker's partner was killed with it, but may not have exited yet. While it lives it holds a lock and may write.
void Engine::wait_for_partner(std::uint32_t index) const {
  if (!region_.worker(index).has_partner.load(std::memory_order_acquire)) return;
  struct flock place {};
  place.l_type = F_WRLCK;
  place.l_whence = SEEK_SET;
  place.l_start = index;
  place.l_len = 1;
  // A process that hangs in the kernel executes no instructions, so the wait for it is limited.
  for (int tries = 0; tries < partner_tries && ::fcntl(region_.memory().fd(), F_SETLK, &place) != 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  place.l_type = F_UNLCK;
  ::fcntl(region_.memory().fd(), F_SETLK, &place);
}

// No other process touches the worker's marks, because it has been reaped.
void Engine::on_exit(std::uint32_t index, std::int32_t status, const WorkerHost::Used* used) {
  Worker& worker = workers_[index];
  ring::WorkerBlock& block = region_.worker(index);
  wait_for_partner(index);
  while (collect(index) != 0) {
  }
  const auto stage = block.stage.load(std::memory_order_acquire);
  dispatch::LostWorker lost{index, {}, std::nullopt, 0, block.begun_at.load(std::memory_order_relaxed), 0, {}};
  if (worker.condemned_since != 0) lost.started_ns = worker.condemned_since;
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
  const Failure failure = loss_of(index, status);
  lost.failure = failure;
  dispatcher_.on_worker_lost(std::move(lost));

  if (options_.events != nullptr) options_.events->tell(WorkerEnded{index, worker.pid, worker.dismissed ? 0 : status});
  worker.results.reset();
  sleepers_.forget(index);
  std::destroy_at(&block);
  std::construct_at(&block);
  worker.corrupt = false;
  worker.condemned_since = 0;
  worker.wants_terminal = 0;
  if (std::exchange(worker.dismissed, false)) --dismissed_;
  worker.state = WorkerState::absent;
  worker.pid = 0;
  --alive_;

  if (stage == ring::WorkerStage::none || stage == ring::WorkerStage::starting) {
    on_failed_start(failure);
  } else {
    start_failures_.forget();
  }
  // Processes that have left the worker's process group are still in its control group.
  options_.setup.limits.end_rest(index);
  if (broken_) dispatcher_.fail_all(*broken_, alive_ == 0);  // no worker will run what the dead one leaves
  const bool wanted = alive_ < most_alive_ && (!options_.on_demand || alive_ < dispatcher_.in_flight());
  if (!stopping_ && !broken_ && wanted) start_worker(index);
  sleepers_.wake(tasks_.backlog());  // it may have been woken for a chunk that it never claimed
}

// The workers die with their server, but not at the same instant. No worker may write after its block has been reset.
void Engine::on_host_lost() {
  host_.reset();
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    if (workers_[i].state != WorkerState::absent) end_orphaned_worker(i);
  }
  const bool hopeless = start_failures_.condemn_host();
  if (!stopping_) {
    try {
      if (hopeless) throw std::runtime_error("it died repeatedly");
      start_host(0);
    } catch (const std::exception& error) {
      Failure failure;
      failure.type = "prun::BrokenPoolError";
      failure.message = std::string("the process that starts workers died, and there can be no other: ") + error.what();
      break_pool(std::move(failure));
    }
  }
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    if (workers_[i].state != WorkerState::absent) on_exit(i, SIGKILL, nullptr);
  }
}

// Kills the group even if the worker is gone: while the group has members, its id is not reused.
void Engine::end_orphaned_worker(std::uint32_t index) {
  const ring::WorkerBlock& block = region_.worker(index);
  const std::int32_t pid = workers_[index].pid != 0 ? workers_[index].pid : block.pid.load();
  if (const std::int32_t group = block.child_group.load(); group > 1) ::kill(-group, SIGKILL);
  if (pid <= 1) return;
  ::kill(-pid, SIGKILL);
  sys::wait_until_dead(pid, longest_dying);
}

void Engine::on_failed_start(Failure cause) {
  const bool hopeless = start_failures_.condemn(StartFailures::how(cause.signal));
  if (!hopeless || broken_ || stopping_) return;
  cause.message = "workers die before they can take a task: " + cause.message;
  break_pool(std::move(cause));
}

void Engine::on_spawn_failed(std::uint32_t index, int error) {
  workers_[index].state = WorkerState::absent;
  --alive_;
  spawn_error_ = error;
  if (!start_failures_.condemn(StartFailures::How::no_process) && !stopping_ && alive_ < most_alive_) {
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

}  // namespace prun::pool
