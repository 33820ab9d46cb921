// The loop of a run: feeds its job, reports its outcomes, waits for the next event, and ends the run. The end is in
// run_loop_end.cpp.
#pragma once

#include "command/run_ending.hpp"
#include "event/event_stream.hpp"
#include "pool/engine.hpp"
#include "run/engine_setup.hpp"
#include "run/live_view.hpp"
#include "run/node_work.hpp"
#include "run/run.hpp"
#include "run/run_job.hpp"
#include "run/run_outputs.hpp"
#include "run/wait_set.hpp"
#include "sys/interrupts.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace prun {

class RunLoop {
 public:
  RunLoop(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
          OutputBuffer& err);
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;
  ~RunLoop() { job_->close(); }  // after an exception, later outcomes are ignored

  RunReport operator()();

 private:
  using Clock = std::chrono::steady_clock;

  void run_to_end();
  [[nodiscard]] bool ended();
  /// The signal that ends the run; 0: none. A signal that announces the end does not end the run; it halts the job.
  [[nodiscard]] int ending_signal();
  [[nodiscard]] int announcing_signal() const;
  void begin_drain(int signal);
  void obey_halt();
  void follow_worker_count();
  [[nodiscard]] std::uint32_t local_workers() const;
  void limit_calls(std::optional<std::chrono::nanoseconds> limit);
  bool serve_tokens();
  void limit_local();
  void fit_workers();
  void serve_nodes();
  [[nodiscard]] bool deadline_over();
  [[nodiscard]] std::optional<std::chrono::nanoseconds> longest_sleep(bool busy);
  void offer_turn();
  void sleep();
  void gather_waits();
  void serve_parts_of_time();
  void tell_hold_up();
  [[nodiscard]] bool has_room_again();
  void serve_requests();
  [[nodiscard]] MemoryState look_at_memory() const;
  void print_status();
  void pause();

  [[nodiscard]] command::RunEnding::Reason reason();
  void wind_up();
  void wait_for_workers(Clock::time_point limit);
  void finish();
  bool wait_for_readers();
  void stop_task_that_writes();
  void let_workers_leave();
  [[nodiscard]] RunReport report();

  void add_engine_to(WaitSet& waits);
  void add_files_to(WaitSet& waits);

  const RunOptions* options_;
  EventStream no_events_;
  const EventStream* events_;
  std::optional<Clock::time_point> deadline_;
  bool halt_obeyed_ = false;
  bool halted_now_ = false;
  bool wound_up_ = false;
  int drain_signal_ = 0;  ///< announced the end of the run
  std::optional<Clock::time_point> drain_until_;
  bool drain_over_ = false;  ///< another signal came, or the time is over
  TaskSource* source_;
  Listener* listener_;
  RunOutputs outputs_;
  RunReport report_;
  WaitSet waits_;
  HeldBack held_back_;                        ///< as it was last reported
  std::optional<Clock::time_point> parting_;  ///< when to stop waiting for readers
  bool wants_token_ = false;                  ///< a chunk could be started with one more token
  sys::Interrupts interrupts_;
  LimitedGroups groups_;
  std::unique_ptr<pool::Engine> engine_owner_;
  pool::Engine& engine_;
  std::shared_ptr<RunJob> job_;  ///< made while the first workers start
  LiveView view_;
  std::unique_ptr<NodeWork> node_work_;  ///< null: there are no other machines
  std::uint32_t token_limit_ = ChunkLimit::unlimited;
};

}  // namespace prun
