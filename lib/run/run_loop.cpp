#include "run/run_loop.hpp"

#include "command/output_turn.hpp"
#include "command/spilled_files.hpp"
#include "command/time_limit.hpp"
#include "event/printable.hpp"
#include "event/signal_name.hpp"
#include "jobserver/tokens.hpp"
#include "progress/status_block.hpp"
#include "sys/available_memory.hpp"
#include "sys/process_memory.hpp"
#include "task/cancelled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string>

namespace prun {

RunLoop::RunLoop(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
                 OutputBuffer& out, OutputBuffer& err)
    : options_(&options),
      events_(options.events != nullptr ? options.events : &no_events_),
      source_(&source),
      listener_(&listener),
      outputs_(out, err),
      interrupts_(options.drain.by_user_signal),
      groups_(limited_groups(options)),
      engine_owner_(std::make_unique<pool::Engine>(engine_options(options, source.remaining(), groups_.groups.get()))),
      engine_(*engine_owner_),
      job_(std::make_shared<RunJob>(options, registry, source, listener,
                                    [this, &options](const InputError& error) {
                                      if (options.skip_bad) {
                                        outputs_.err().write_line(message_line(error.message));
                                      } else {
                                        report_.bad_input = error;
                                      }
                                    })),
      view_(engine_, *job_, options.nodes) {
  report_.memory_limited_by = groups_.limited_by;
  if (!options.threads) registry.workers_start();
  for (RunPart* part : events_->parts()) part->start(view_);
  if (options.nodes != nullptr) {
    node_work_ = std::make_unique<NodeWork>(*job_, options.command);
    options.nodes->serve(*node_work_);
    limit_local();
  }
  if (options.deadline) deadline_ = Clock::now() + *options.deadline;
  if (deadline_ && options.only_what_fits) job_->start_only_what_fits(*deadline_);
  if (options.tokens != nullptr) {
    interrupts_.before_abrupt_end([](void* tokens) { static_cast<jobserver::Tokens*>(tokens)->leave(); },
                                  options.tokens);
    serve_tokens();
  }
  if (options.admission.by_memory) job_->watch_memory([this] { return look_at_memory(); });
  job_->watch_outputs(out, err);
}

RunReport RunLoop::operator()() {
  try {
    run_to_end();
  } catch (...) {
    wind_up();
    throw;
  }
  return report();
}

void RunLoop::run_to_end() {
  while (!ended()) {
    if (options_->worker_count != nullptr) follow_worker_count();
    if (job_->wants_queueing()) engine_.dispatcher().enqueue(job_);
    engine_.pump();
    fit_workers();
    if (node_work_ != nullptr) serve_nodes();
    job_->tell_more();
    if (options_->tokens != nullptr && serve_tokens()) continue;
    if (options_->found_timeout != nullptr) limit_calls(options_->found_timeout->get());
    engine_.kill_overdue();
    // Repeated if a worker has died since and has left a part of its chunk, because there may be no worker to take it.
    job_->look_at_deadline();
    if (job_->halted() && (!halt_obeyed_ || engine_.workers_left() == 0)) obey_halt();
    if (job_->wants_queueing() && !engine_.dispatcher().has_pending()) continue;
    if (!ended()) sleep();
  }
  if (engine_.broken()) throw std::runtime_error(engine_.broken()->message);
  finish();
  if (job_->output_failure()) throw std::runtime_error(*job_->output_failure());
}

void RunLoop::limit_calls(std::optional<std::chrono::nanoseconds> limit) {
  engine_.limit_calls(limit);
  if (limit && options_->nodes != nullptr) options_->nodes->limit_calls(*limit);
}

bool RunLoop::ended() {
  return job_->finished() || outputs_.reader_gone() || ending_signal() != 0 || engine_.broken().has_value() ||
         job_->output_failure() || halted_now_ || deadline_over() ||
         std::ranges::any_of(events_->parts(), [](const RunPart* part) { return part->failed(); });
}

int RunLoop::ending_signal() {
  const int announced = announcing_signal();
  if (announced == 0) return interrupts_.signal();
  if (drain_signal_ == 0) begin_drain(announced);
  drain_over_ = drain_over_ || interrupts_.another() || (drain_until_ && Clock::now() >= *drain_until_);
  return drain_over_ ? announced : 0;
}

/// The signal that announces the end of the run, here or on a node; 0: none.
int RunLoop::announcing_signal() const {
  if (drain_signal_ != 0) return drain_signal_;
  const int signal = interrupts_.signal();
  if (signal != 0) return options_->drain.by(signal) ? signal : 0;
  return options_->drain.by_user_signal && options_->nodes != nullptr ? options_->nodes->warning() : 0;
}

void RunLoop::begin_drain(int signal) {
  drain_signal_ = signal;
  interrupts_.expect_another();
  job_->halt();
  std::string text = "received " + signal_name(signal) + ": no more tasks are started, and running tasks continue";
  const auto left = options_->drain.time_left ? options_->drain.time_left() : std::nullopt;
  if (left) {
    drain_until_ = Clock::now() + *left;
    text += fmt::format("; after {:.0f} s they are stopped", std::chrono::duration<double>(*left).count());
  }
  outputs_.err().write_line(message_line(text));
}

// Takes back chunks that no worker has claimed.
void RunLoop::obey_halt() {
  halt_obeyed_ = true;
  job_->take_no_more();
  const Failure failure = cancelled_failure("the run was halted before it ran");
  // Calls that a worker has claimed and not begun do not run either. This must come first. Otherwise a worker that claims while
  // tasks are taken back would skip these and begin a later task, and the run would have to wait for it.
  engine_.drop();
  engine_.dispatcher().cancel(*job_, failure);
  if (options_->nodes != nullptr) options_->nodes->recall_all();
  halted_now_ = options_->halt.when == HaltPolicy::When::now;
}

// The first chunk uses the token with which this process was started. Each further chunk needs its own token. With as many
// tokens as workers, chunks may wait in the ring. Returns true if there is a new token and a chunk to start with it.
bool RunLoop::serve_tokens() {
  jobserver::Tokens& tokens = *options_->tokens;
  const std::uint32_t running = job_->chunks_in_flight();
  const bool more = job_->may_have_chunk();
  if (!more) tokens.keep(running > 1 ? running - 1 : 0);
  wants_token_ = more && running > tokens.count() && tokens.count() + 1 < engine_.worker_limit();
  const bool took = wants_token_ && tokens.take();
  const bool complete = tokens.count() + 1 >= engine_.worker_limit();
  token_limit_ = complete ? ChunkLimit::unlimited : tokens.count() + 1;
  limit_local();
  return took;
}

// A chunk that waits in the ring is taken by any worker, so there are no more chunks than workers.
void RunLoop::follow_worker_count() {
  job_->set_workers(options_->worker_count->workers());
  limit_local();
}

std::uint32_t RunLoop::local_workers() const { return std::min(engine_.worker_limit(), job_->workers()); }

// With other machines, an idle machine cannot get a task that waits in this machine's ring. So only as many tasks wait there as are
// needed to keep the workers busy.
void RunLoop::limit_local() {
  std::uint32_t most = token_limit_;
  if (options_->worker_count != nullptr) most = std::min(most, local_workers());
  if (options_->nodes != nullptr) {
    constexpr std::chrono::milliseconds long_task{10};
    const std::uint32_t workers = options_->nodes->local() ? local_workers() : 0;
    most = std::min(most, job_->mean_duration() >= long_task ? workers : 2 * workers);
  }
  job_->limit_chunks(most);
}

// Where the system has no process for a command, idle workers give up theirs, until commands can start.
void RunLoop::fit_workers() {
  if (job_->start_limit().take_wish_for_fewer_workers()) {
    engine_.stop_idle_workers();
  } else {
    engine_.allow_workers(job_->start_limit().most());
  }
}

void RunLoop::serve_nodes() {
  limit_local();
  const std::uint32_t workers = options_->nodes->local() ? local_workers() : 0;
  const std::uint32_t busy = job_->chunks_in_flight();
  options_->nodes->take_work(workers > busy ? workers - busy : 0);
}

bool RunLoop::deadline_over() {
  if (!deadline_) return false;
  report_.deadline_over = report_.deadline_over || Clock::now() >= *deadline_;
  return report_.deadline_over;
}

/// How long the run may sleep; absent: no limit.
std::optional<std::chrono::nanoseconds> RunLoop::longest_sleep(bool busy) {
  using std::chrono::nanoseconds;
  auto longest = nanoseconds::max();
  // While many results arrive, the bell rings only for a batch, so the last few are fetched after a millisecond.
  if (busy) longest = std::chrono::milliseconds(1);
  if (const auto left = engine_.kill_overdue()) longest = std::min(longest, *left);
  const auto until = [&](std::optional<Clock::time_point> time) {
    if (time) longest = std::min<nanoseconds>(longest, std::max<nanoseconds>(*time - Clock::now(), {}));
  };
  until(deadline_);
  until(drain_until_);
  until(job_->next_start());
  for (const RunPart* part : events_->parts()) until(part->next_time());
  return longest == nanoseconds::max() ? std::nullopt : std::optional(longest);
}

void RunLoop::offer_turn() {
  const auto next = job_->next_told();
  if (options_->turn != nullptr && outputs_.out().empty() && next) options_->turn->offer(*next);
}

void RunLoop::sleep() {
  serve_parts_of_time();  // even if results arrive so fast that the loop never waits
  outputs_.push();
  if (has_room_again()) return;
  offer_turn();
  if (events_->wanted<HeldBack>()) tell_hold_up();
  const bool busy = engine_.busy();
  if (engine_.may_sleep(busy ? ring::Bell::event_batch : ring::Bell::event_any)) {
    gather_waits();
    waits_.wait(longest_sleep(busy));
    serve_requests();
    waits_.serve();
  }
  engine_.awake();
}

void RunLoop::gather_waits() {
  waits_.clear();
  add_engine_to(waits_);
  waits_.add_alarm(interrupts_.fd());
  if (job_->waiting_for_input()) waits_.add_readable(source_->wait_fd(), [this] { job_->input_is_readable(); });
  outputs_.add_to(waits_);
  add_files_to(waits_);
  if (wants_token_) waits_.add_alarm(options_->tokens->fd());
  for (RunPart* part : events_->parts()) waits_.add_readable(part->fd(), [part] { part->on_readable(); });
}

// News of workers and of results are handled together.
void RunLoop::add_engine_to(WaitSet& waits) {
  waits.add_readable(engine_.bell_fd(), [this] { engine_.on_readable(); });
  waits.add_readable(engine_.host_fd(), [this] { engine_.on_readable(); });
}

void RunLoop::add_files_to(WaitSet& waits) {
  if (options_->spilled == nullptr) return;
  waits.add_readable(options_->spilled->fd(), [files = options_->spilled] { files->receive(); });
}

void RunLoop::serve_parts_of_time() {
  for (RunPart* part : events_->parts()) {
    const auto time = part->next_time();
    if (time && *time <= Clock::now()) part->on_time();
  }
}

void RunLoop::tell_hold_up() {
  const HeldBack now = view_.held_back();
  if (now == held_back_) return;
  held_back_ = now;
  events_->tell(now);
}

/// The last write has made room for more tasks or reports. No event reports this.
bool RunLoop::has_room_again() {
  if (job_->wants_queueing() && !engine_.dispatcher().has_pending()) return true;
  return job_->waits_for_room() && outputs_.all_written();
}

void RunLoop::serve_requests() {
  const auto requests = interrupts_.take_requests();
  if (requests.report) print_status();
  if (requests.stop) pause();
}

// Until SIGCONT.
void RunLoop::pause() {
  for (RunPart* part : events_->parts()) part->before_pause();
  engine_.pause();
  const auto before = Clock::now();
  ::raise(SIGSTOP);
  const auto paused = Clock::now() - before;
  engine_.go_on(paused);
  view_.note_pause(paused);
  for (RunPart* part : events_->parts()) part->after_pause();
}

MemoryState RunLoop::look_at_memory() const {
  MemoryState state{sys::available_memory(), {}};
  for (const auto& worker : engine_.occupations()) {
    if (worker.index) state.taken.push_back({*worker.index, sys::resident_memory(worker.pid)});
  }
  return state;
}

void RunLoop::print_status() {
  outputs_.err().write_line(status_block(view_));
  outputs_.push();
}

}  // namespace prun
