// The end of a run: stops running tasks, reports finished ones, and writes the outputs.
#include "run/run_loop.hpp"

#include "command/output_turn.hpp"
#include "jobserver/tokens.hpp"
#include "task/cancelled.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

namespace prun {
namespace {

/// How long readers may take for output that was reported before the run was stopped.
constexpr std::chrono::seconds parting_time{1};

/// How long workers may take to hand in the results of commands that they kill.
constexpr std::chrono::seconds handing_in_time{1};

/// How long idle workers may take to exit.
constexpr std::chrono::seconds leaving_time{5};

}  // namespace

command::RunEnding::Reason RunLoop::reason() {
  using Reason = command::RunEnding::Reason;
  if (ending_signal() == SIGINT) return Reason::interrupt;
  if (ending_signal() != 0) return Reason::terminate;
  if (deadline_over()) return Reason::deadline;
  return halted_now_ ? Reason::halt : Reason::other;
}

// No more calls begin. Running programs are asked to exit and get some time for it. A second signal ends this time: they are
// killed. Their outcomes are reported. Calls inside prun's own processes end with these processes.
void RunLoop::wind_up() {
  if (std::exchange(wound_up_, true)) return;
  if (options_->nodes != nullptr) options_->nodes->stop(static_cast<std::uint32_t>(reason()));
  for (RunPart* part : events_->parts()) part->before_end();
  job_->wind_up();
  if (reason() == command::RunEnding::Reason::other) job_->close();  // no listener is to receive it
  engine_.drop();                                                    // before tasks are taken back, as in obey_halt
  engine_.dispatcher().cancel(*job_, cancelled_failure("the run ended before it ran"));
  if (options_->ending == nullptr) return;
  options_->ending->begin(reason());
  interrupts_.expect_another();
  auto limit = Clock::now() + options_->grace + stop_allowance;
  const auto runs = [this] {
    return engine_.stoppable_call_runs() || (options_->nodes != nullptr && options_->nodes->stopping());
  };
  for (bool hurried = false; runs() && Clock::now() < limit;) {
    if (interrupts_.another()) {
      if (std::exchange(hurried, true)) break;
      options_->ending->hurry();
      interrupts_.expect_another();
      limit = std::min(limit, Clock::now() + handing_in_time);
    }
    if (engine_.pump() != 0) continue;
    outputs_.push();
    wait_for_workers(limit);
  }
}

void RunLoop::wait_for_workers(Clock::time_point limit) {
  if (engine_.may_sleep(ring::Bell::event_any)) {
    waits_.clear();
    add_engine_to(waits_);
    waits_.add_alarm(interrupts_.fd());
    add_files_to(waits_);
    if (auto* nodes = options_->nodes; nodes != nullptr)
      waits_.add_readable(nodes->fd(), [nodes] { nodes->on_readable(); });
    waits_.wait(limit - Clock::now());
    waits_.serve();
  }
  engine_.awake();
}

// Interrupted, or the output was closed: reports finished tasks, and kills running ones with their workers.
void RunLoop::finish() {
  if (!job_->finished()) wind_up();
  if (!job_->finished()) {
    engine_.pump();
    job_->close();
    stop_task_that_writes();
    while (!job_->tell_done() && wait_for_readers()) {
    }
  } else if (options_->tokens != nullptr) {
    options_->tokens->keep(0);  // nothing runs any more, but the output's reader may be slow
  }
  for (RunPart* part : events_->parts()) part->before_end();
  listener_->on_end();
  while (!outputs_.all_written() && wait_for_readers()) {
  }
  report_.unwritten = outputs_.give_up_rest();
  for (RunPart* part : events_->parts()) part->finish();
  if (job_->finished() && ending_signal() == 0) let_workers_leave();
  // Threads cannot be stopped in the middle of a task. They run until the process exits, which is soon.
  if (engine_.threads() && !job_->finished()) static_cast<void>(engine_owner_.release());
}

// Waits until the readers take more. Returns false if the run must stop and their time is over.
bool RunLoop::wait_for_readers() {
  outputs_.push();
  if (outputs_.all_written()) return true;
  if (!parting_ && (ending_signal() != 0 || deadline_over())) parting_ = Clock::now() + parting_time;
  if (parting_ && Clock::now() >= *parting_) return false;
  waits_.clear();
  outputs_.add_room_to(waits_);
  if (!parting_) waits_.add_alarm(interrupts_.fd());
  const auto until = parting_ ? parting_ : deadline_;
  waits_.wait(until ? std::optional<std::chrono::nanoseconds>(*until - Clock::now()) : std::nullopt);
  serve_requests();
  waits_.serve();
  return true;
}

// The next task may be writing its own output, and finished tasks after it are to be reported.
void RunLoop::stop_task_that_writes() {
  const auto next = job_->next_told();
  if (options_->turn == nullptr || !next || !options_->turn->taken_by(*next)) return;
  engine_.end({});
  if (options_->turn->left_in_line(*next)) outputs_.out().write("\n");
}

// So that functions' buffered output is written.
void RunLoop::let_workers_leave() {
  engine_.stop();
  const auto limit = Clock::now() + leaving_time;
  while (engine_.workers_left() > 0 && engine_.host_fd() >= 0 && ending_signal() == 0 && Clock::now() < limit) {
    waits_.clear();
    waits_.add_alarm(engine_.host_fd());
    waits_.add_alarm(interrupts_.fd());
    waits_.wait(limit - Clock::now());
    engine_.on_readable();
  }
}

RunReport RunLoop::report() {
  const RunJob::Counts counts = job_->counts();
  report_.succeeded = counts.succeeded;
  report_.failed = counts.failed - counts.interrupted;
  report_.total = job_->total();
  const std::uint64_t begun = counts.succeeded + counts.failed;
  report_.not_run = report_.total ? *report_.total - std::min(*report_.total, begun) : job_->not_told();
  report_.read_to_end = job_->read_to_end();
  report_.interrupted = counts.interrupted;
  report_.bad_inputs = counts.bad_inputs;
  report_.output_closed = outputs_.reader_gone();
  const bool cut_short = drain_signal_ != 0 && report_.total != counts.succeeded + counts.failed;
  report_.interrupted_by_signal = cut_short ? drain_signal_ : ending_signal();
  report_.late = job_->late();
  report_.halted = job_->halted() && drain_signal_ == 0 && !report_.late;
  report_.drained = drain_signal_ != 0 && !drain_over_;
  return report_;
}

}  // namespace prun
