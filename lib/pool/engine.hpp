// The master's loop of a pool, without the waiting: collects results, publishes chunks, replaces workers. Its owner calls
// `pump()` and sleeps only if `may_sleep` allows it. Not thread-safe: the owner locks.
#pragma once

#include "dispatch/dispatcher.hpp"
#include "event/event_stream.hpp"
#include "pool/start_failures.hpp"
#include "pool/worker_host.hpp"
#include "ring/arena.hpp"
#include "ring/doorbell.hpp"
#include "ring/region.hpp"
#include "ring/result_ring.hpp"
#include "ring/sleepers.hpp"
#include "ring/task_ring.hpp"
#include "sys/fd.hpp"
#include "sys/module_table.hpp"
#include "worker/worker_process.hpp"

#include <prun/start.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::pool {

struct EngineOptions {
  std::uint32_t workers = 1;
  bool threads = false;
  Start start = Start::fork;      ///< processes only; `spawn` has no limits, timeouts and `last_act`
  bool owns_children = false;     ///< threads only: this process and all its descendants belong to prun
  bool on_demand = false;         ///< start workers only when there is work for them
  bool starts_processes = false;  ///< calls start processes, so the guardian starts before them; with Start::fork
  std::uint64_t max_tasks_per_child = 0;  ///< 0: no limit; processes only
  std::uint64_t run_seed = 0;
  std::optional<std::chrono::nanoseconds> timeout;  ///< for a call; processes only: its worker is killed
  std::chrono::nanoseconds stop_allowance{0};       ///< extra time for a call that ends itself at its timeout
  bool clocked = false;                 ///< `limit_calls` may be called: workers record when each call began
  bool sampled = false;                 ///< workers measure all long calls and some short ones if not all are measured
  const EventStream* events = nullptr;  ///< receives the starts and ends of workers; may be null
  worker::WorkerSetup setup;
  std::function<void()> last_act;  ///< of the process that starts workers; see ForkServer
};

class Engine final : private dispatch::Backend {
 public:
  /// Starts the workers. @throws std::system_error if the memory or the first process is not available
  explicit Engine(EngineOptions options);
  /// Like the function above, and no worker begins another call: claimed calls that have not begun fail as cancelled.
  void drop();
  /// Kills the workers (threads: waits for their current tasks).
  ~Engine();

  [[nodiscard]] dispatch::Dispatcher& dispatcher() noexcept { return dispatcher_; }
  [[nodiscard]] const dispatch::Dispatcher& dispatcher() const noexcept { return dispatcher_; }

  /// Changes the time limit of calls; `clocked` must be set.
  void limit_calls(std::optional<std::chrono::nanoseconds> timeout) noexcept { options_.timeout = timeout; }

  /// Passes all available results to their jobs and publishes chunks. Returns the number of records.
  std::size_t pump();

  /// Publishes chunks without looking at results.
  void feed();

  /// Arms the bell. Returns true if there is nothing to do until it rings or `fds()` become readable. After false, or after
  /// sleeping, call `awake()`.
  [[nodiscard]] bool may_sleep(ring::Bell bell);
  void awake() noexcept { bell_.silence(); }
  /// A futex to sleep on until it is silent.
  [[nodiscard]] std::atomic<std::uint32_t>& bell_word() noexcept { return region_.header().bell; }
  /// Many results arrived since the last sleep, so it is worth waiting for more without sleeping.
  [[nodiscard]] bool busy() const noexcept { return records_since_sleep_ >= 64; }

  /// The descriptors for poll(2): rings of the bell, news of workers (-1: none).
  [[nodiscard]] int bell_fd() const noexcept { return event_fd_.get(); }
  [[nodiscard]] int host_fd() const noexcept { return host_ ? host_->fd() : -1; }
  /// Call it when either is readable.
  void on_readable();

  /// Kills workers with a call that exceeds the time limit. Returns the time until the next check; absent without a limit. By then,
  /// a call that has not begun yet might exceed the limit.
  std::optional<std::chrono::nanoseconds> kill_overdue();

  /// Returns true if a worker holds a chunk of calls that stop themselves when asked.
  [[nodiscard]] bool stoppable_call_runs() const;

  /// What each worker does: its process, and the index in the job of its current call, if there is one.
  struct Occupation {
    std::uint32_t worker = 0;  ///< its place in the pool
    std::int32_t pid = 0;
    std::optional<std::uint64_t> index;
    std::int64_t begun_at = 0;  ///< when the call began, CLOCK_MONOTONIC in ns; 0: not known
  };
  [[nodiscard]] std::vector<Occupation> occupations() const;
  /// The process that runs the call of a worker: the process of the command if the call runs one, otherwise the worker.
  [[nodiscard]] std::int32_t process_of_call(std::uint32_t worker) const;
  /// The last line of output of the command that a worker runs; empty: there is none.
  [[nodiscard]] std::string last_output_of(std::uint32_t worker) const;

  /// Stops half of the worker processes, and keeps at least one. Only if no chunk is in flight, so that they are idle.
  void stop_idle_workers();
  /// Starts stopped ones again, until `most` are alive.
  void allow_workers(std::uint64_t most);

  /// Lets the workers exit as soon as nothing is left to claim. `workers_left()` decreases as they exit.
  void stop();
  /// Kills the workers (threads: waits for their current tasks). Everything without an outcome fails with `failure`.
  void end(const Failure& failure);
  [[nodiscard]] bool threads() const noexcept { return options_.threads; }
  /// Returns true if a worker is known to have claimed the chunk with item `index` of the job.
  [[nodiscard]] bool running(const detail::Job& job, std::uint64_t index) const {
    return dispatcher_.running(job, index, [this](std::uint64_t ticket) { return tasks_.waiting(ticket); });
  }
  /// Kills every worker process. The calls that they held fail.
  void kill_workers(int signal);
  /// Stops worker processes and what they have started, until `go_on`.
  void pause() { kill_workers(SIGSTOP); }
  /// @param paused duration of the pause, which does not count as time of calls
  void go_on(std::chrono::nanoseconds paused);
  [[nodiscard]] std::uint32_t workers_left() const noexcept { return alive_; }
  [[nodiscard]] std::uint32_t worker_limit() const noexcept { return options_.workers; }
  [[nodiscard]] std::vector<std::int32_t> worker_pids() const;

  /// The errno of the last failed start of a worker; 0: none has failed.
  [[nodiscard]] int spawn_error() const noexcept { return spawn_error_; }

  /// The reason why the pool can run no more calls; absent if it can.
  [[nodiscard]] const std::optional<Failure>& broken() const noexcept { return broken_; }

 private:
  enum class WorkerState : std::uint8_t { absent, asked_for, alive };
  struct Worker {
    explicit Worker(ring::ResultConsumer consumer) : results(consumer) {}
    ring::ResultConsumer results;
    WorkerState state = WorkerState::absent;
    std::int32_t pid = 0;
    bool corrupt = false;
    std::int64_t condemned_since = 0;  ///< start time of the call for which it is being killed; 0: it is not
    bool dismissed = false;            ///< it was idle, and is being killed so that others have room
    int wants_terminal = 0;            ///< the signal that stopped it, for which it is being killed: SIGTTIN or SIGTTOU
  };

  /// A worker that is being dismissed might still take a chunk.
  bool has_room() const override { return dismissed_ == 0 && tasks_.has_room(); }
  std::uint64_t publish(const ring::Chunk& chunk, std::uint64_t call) override {
    if (modules_) modules_->update();
    return *tasks_.publish(chunk, call);
  }
  bool withdraw(std::uint64_t ticket) override { return tasks_.withdraw(ticket); }
  std::optional<std::uint32_t> recall(std::uint64_t ticket, std::uint32_t told) override;
  [[nodiscard]] std::chrono::nanoseconds handing_cost() const override;

  [[nodiscard]] Occupation occupation_of(std::uint32_t index) const;
  void start_host(std::uint32_t initial);
  void take_results_until_threads_leave();
  std::size_t collect(std::uint32_t index);
  [[nodiscard]] bool claimed_by_a_busy_worker();
  void start_missing_workers();
  void start_workers_up_to(std::uint64_t count);
  void start_worker(std::uint32_t index);
  void on_event(const WorkerHost::Event& event);
  void wait_for_partner(std::uint32_t index) const;
  void on_exit(std::uint32_t index, std::int32_t status, const WorkerHost::Used* used);
  void on_host_lost();
  void on_failed_start(Failure cause);
  void on_spawn_failed(std::uint32_t index, int error);
  /// The failure of the call that a dead worker had begun.
  [[nodiscard]] Failure loss_of(std::uint32_t index, std::int32_t status) const;
  [[nodiscard]] bool is_at_stoppable_call(std::uint32_t index) const;
  void end_orphaned_worker(std::uint32_t index);
  void break_pool(Failure failure);

  EngineOptions options_;
  ring::Region region_;
  ring::TaskRing tasks_;
  ring::Arena arena_;
  ring::Doorbell bell_;
  ring::Sleepers sleepers_;
  sys::Fd event_fd_;
  std::vector<Worker> workers_;
  std::uint32_t alive_ = 0;      // alive or requested
  std::uint32_t most_alive_;     // how many the system has room for
  std::uint32_t dismissed_ = 0;  // how many are being killed because they were idle
  std::uint32_t started_ = 0;    // workers below this number have been used
  StartFailures start_failures_;
  int spawn_error_ = 0;
  bool stopping_ = false;
  std::optional<Failure> broken_;
  std::size_t records_since_sleep_ = 0;
  dispatch::Dispatcher dispatcher_;
  std::unique_ptr<sys::ModuleTable> modules_;  // for workers that are not forks of this process
  std::unique_ptr<WorkerHost> host_;
};

}  // namespace prun::pool
