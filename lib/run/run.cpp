#include "run/run.hpp"

#include "command/output_turn.hpp"
#include "command/run_ending.hpp"
#include "event/printable.hpp"
#include "jobserver/tokens.hpp"
#include "pool/engine.hpp"
#include "run/run_job.hpp"
#include "sys/available_memory.hpp"
#include "sys/cgroup_children.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/interrupts.hpp"
#include "sys/process_memory.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace prun {
namespace {

using std::chrono::milliseconds;

/// How long the outputs' readers may take what was told before the run was stopped.
constexpr std::chrono::seconds parting_time{1};

// What ending a program may take beyond its grace: to be seen, killed and reaped, and to tell of it.
constexpr std::chrono::seconds stop_allowance{1};

pool::EngineOptions engine_options(const RunOptions& options, const TaskSource& source, sys::CgroupChildren* groups) {
  pool::EngineOptions engine;
  engine.workers = options.workers;
  if (const auto remaining = source.remaining()) {
    engine.workers = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*remaining, 1, options.workers));
  }
  engine.threads = options.threads;
  engine.max_tasks_per_child = options.max_tasks_per_child.value_or(0);
  engine.run_seed = options.seed;
  engine.owns_children = options.threads;
  engine.timeout = options.timeout;
  engine.stop_allowance = options.grace + stop_allowance;
  engine.clocked = options.journal != nullptr || options.measure;
  engine.setup.limits = options.limits;
  if (options.initializer != nullptr) {
    engine.setup.initializer = [call = options.initializer] {
      CallContext context;
      context.kwargs = call->kwargs;
      std::string ignored;
      call->function->call(call->args, context, ignored);
    };
  }
  engine.setup.environment = sys::thread_limits(options.cpu_budget, engine.workers);
  engine.setup.limits.groups = groups;
  engine.last_act = [tokens = options.tokens, groups] {
    if (groups != nullptr) groups->remove();
    if (tokens != nullptr) tokens->leave();
  };
  return engine;
}

class Run {
  using Clock = std::chrono::steady_clock;

 public:
  Run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
      OutputBuffer& err, const Watch& watch)
      : options_(&options),
        watch_(&watch),
        source_(&source),
        listener_(&listener),
        out_(&out),
        err_(&err),
        groups_(limited_groups()),
        engine_owner_(std::make_unique<pool::Engine>(engine_options(options, source, groups_.get()))),
        engine_(*engine_owner_),
        job_(std::make_shared<RunJob>(options, registry, source, listener, [this, &options](const InputError& error) {
          if (options.skip_bad) {
            err_->write(message_line(error.message));
          } else {
            report_.bad_input = error;
          }
        })) {
    if (!options.threads) registry.workers_start();
    if (options.journal != nullptr) options.journal->start();
    if (options.deadline) deadline_ = Clock::now() + *options.deadline;
    if (options.tokens != nullptr) {
      interrupts_.before_abrupt_end([](void* tokens) { static_cast<jobserver::Tokens*>(tokens)->leave(); },
                                    options.tokens);
      serve_tokens();
    }
    if (options.admission.by_memory) job_->watch_memory([this] { return look_at_memory(); });
    job_->watch_outputs(out, err);
  }

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { job_->close(); }  // where an exception ends it, what workers leave behind is not to be told

  RunReport operator()() {
    try {
      run_to_end();
    } catch (...) {
      wind_up();
      throw;
    }
    return report();
  }

 private:
  void run_to_end() {
    while (!ended()) {
      if (job_->wants_queueing()) engine_.dispatcher().enqueue(job_);
      engine_.pump();
      job_->tell_more();
      if (options_->tokens != nullptr && serve_tokens()) continue;
      if (options_->timeout) engine_.kill_overdue();
      // Once more where a worker that died since has left a part of its chunk: there may be none to take it.
      if (job_->halted() && (!halt_obeyed_ || engine_.workers_left() == 0)) obey_halt();
      if (job_->wants_queueing() && !engine_.dispatcher().has_pending()) continue;
      if (!ended()) sleep();
    }
    if (engine_.broken()) throw std::runtime_error(engine_.broken()->message);
    finish();
    if (job_->output_failure()) throw std::runtime_error(*job_->output_failure());
  }

  /// A limit of memory counts all that a task starts where control groups can be had.
  std::unique_ptr<sys::CgroupChildren> limited_groups() {
    if (options_->limits.memory == 0 || options_->threads) return nullptr;
    auto groups = sys::CgroupChildren::make(options_->workers, sys::memory_settings(options_->limits.memory),
                                            options_->system_root);
    report_.memory_limited_by = groups ? "control groups" : "RLIMIT_DATA, as " + groups.error();
    return groups ? std::move(*groups) : nullptr;
  }

  [[nodiscard]] bool ended() {
    return job_->finished() || out_->closed() || reader_gone_ || interrupts_.signal() != 0 ||
           engine_.broken().has_value() || job_->output_failure() || halted_now_ || deadline_over() ||
           (options_->journal != nullptr && options_->journal->failed());
  }

  // What no worker has claimed is taken back.
  void obey_halt() {
    halt_obeyed_ = true;
    job_->take_no_more();
    Failure failure;
    failure.kind = FailureKind::cancelled;
    failure.type = "prun::CancelledError";
    failure.message = "the run was halted before it ran";
    // What a worker has claimed and not begun is not run either. That comes first: a worker that claims while tasks are taken
    // back would skip those, and begin one far behind them, for which the run would wait.
    engine_.drop();
    engine_.dispatcher().cancel(*job_, failure);
    halted_now_ = options_->halt.when == HaltPolicy::When::now;
  }

  // One chunk runs by the token with which this process was started; each further one needs one of its own. With as many as
  // there are workers, chunks may as well wait in the ring. True: a token came, and a chunk can be started with it.
  bool serve_tokens() {
    jobserver::Tokens& tokens = *options_->tokens;
    const std::uint32_t running = job_->chunks_in_flight();
    const bool more = job_->may_have_chunk();
    if (!more) tokens.keep(running > 1 ? running - 1 : 0);
    wants_token_ = more && running > tokens.count() && tokens.count() + 1 < engine_.worker_limit();
    const bool took = wants_token_ && tokens.take();
    const bool complete = tokens.count() + 1 >= engine_.worker_limit();
    job_->limit_chunks(complete ? ChunkLimit::unlimited : tokens.count() + 1);
    return took;
  }

  [[nodiscard]] bool deadline_over() {
    if (!deadline_) return false;
    report_.deadline_over = report_.deadline_over || Clock::now() >= *deadline_;
    return report_.deadline_over;
  }

  /// How long the run may sleep for reasons of time; negative: for ever.
  [[nodiscard]] std::chrono::nanoseconds longest_sleep(bool busy) {
    auto longest = std::chrono::nanoseconds::max();
    if (busy) longest = milliseconds(1);
    if (const auto left = engine_.kill_overdue()) longest = std::min(longest, *left);
    const auto until = [&](Clock::time_point time) {
      longest =
          std::min<std::chrono::nanoseconds>(longest, std::max<std::chrono::nanoseconds>(time - Clock::now(), {}));
    };
    if (deadline_) until(*deadline_);
    if (const auto next = job_->next_start()) until(*next);
    return longest == std::chrono::nanoseconds::max() ? std::chrono::nanoseconds(-1) : longest;
  }

  void offer_turn() {
    const auto next = job_->next_told();
    const bool all_written = out_->empty();
    if (options_->turn != nullptr && all_written && next) options_->turn->offer(*next);
  }

  void sleep() {
    push(*out_, *err_);
    if (has_room_again()) return;
    offer_turn();
    const bool busy = engine_.busy();
    if (engine_.may_sleep(busy ? ring::Bell::event_batch : ring::Bell::event_any)) {
      std::array<pollfd, 9> waits{pollfd{engine_.bell_fd(), POLLIN, 0},
                                  pollfd{engine_.host_fd(), POLLIN, 0},
                                  pollfd{interrupts_.fd(), POLLIN, 0},
                                  pollfd{job_->waiting_for_input() ? source_->wait_fd() : -1, POLLIN, 0},
                                  writable(*out_),  // its reader going away ends the run
                                  pollfd{watch_->fd, POLLIN, 0},
                                  pollfd{wants_token_ ? options_->tokens->fd() : -1, POLLIN, 0},
                                  pollfd{options_->journal != nullptr ? options_->journal->fd() : -1, POLLIN, 0},
                                  writable_if_waiting(*err_)};
      // While results come thick the bell only rings for a batch, so that the last few are fetched after a millisecond.
      const auto longest = longest_sleep(busy).count();
      const timespec limit{longest / 1'000'000'000, longest % 1'000'000'000};
      const int ready = ::ppoll(waits.data(), waits.size(), longest >= 0 ? &limit : nullptr, nullptr);
      serve_requests();
      if (ready > 0 && (waits[0].revents != 0 || waits[1].revents != 0)) engine_.on_readable();
      if (ready > 0 && waits[3].revents != 0) job_->input_is_readable();
      if (ready > 0 && waits[5].revents != 0) watch_->on_readable();
      if (ready > 0 && (waits[4].revents & (POLLERR | POLLNVAL)) != 0) reader_gone_ = true;
      if (ready > 0 && waits[4].revents != 0) out_->reader_is_ready();
      if (ready > 0 && waits[8].revents != 0) err_->reader_is_ready();
    }
    engine_.awake();
  }

  /// What was just written has made room for more tasks, or for what is still to be told: no event says so.
  [[nodiscard]] bool has_room_again() {
    if (job_->wants_queueing() && !engine_.dispatcher().has_pending()) return true;
    return job_->waits_for_room() && all_written();
  }

  static pollfd writable(const OutputBuffer& output) {
    return {output.fd(), static_cast<short>(output.waits_for_reader() ? POLLOUT : 0), 0};
  }
  static pollfd writable_if_waiting(const OutputBuffer& output) {
    return output.waits_for_reader() ? writable(output) : pollfd{-1, 0, 0};
  }

  void serve_requests() {
    const auto requests = interrupts_.take_requests();
    if (requests.report) report_workers();
    if (!requests.stop) return;
    engine_.pause();
    const auto before = Clock::now();
    ::raise(SIGSTOP);  // goes on here after SIGCONT
    engine_.go_on(Clock::now() - before);
  }

  [[nodiscard]] MemoryState look_at_memory() const {
    MemoryState state{sys::available_memory(), {}};
    for (const auto& worker : engine_.occupations()) {
      if (worker.index) state.taken.push_back({*worker.index, sys::resident_memory(worker.pid)});
    }
    return state;
  }

  /// What each worker does, to standard error.
  void report_workers() {
    for (const auto& worker : engine_.occupations()) {
      std::string line = "worker " + std::to_string(worker.pid);
      line += worker.index ? ": task " + std::to_string(*worker.index) + ", " + job_->call_of(*worker.index) : ": idle";
      err_->write(message_line(line));
    }
    if (const auto lone = job_->lone_task()) {
      err_->write(message_line("task " + std::to_string(*lone) + ", " + job_->call_of(*lone) +
                               ", had run out of memory; it is tried again with nothing beside it"));
    }
    const RunJob::Counts counts = job_->counts();
    err_->write("prun: " + std::to_string(counts.succeeded) + " succeeded, " + std::to_string(counts.failed) +
                " failed, " + std::to_string(job_->not_told()) + " under way or waiting for their turn\n");
    push(*out_, *err_);
  }

  [[nodiscard]] command::RunEnding::Reason reason() {
    using Reason = command::RunEnding::Reason;
    if (interrupts_.signal() == SIGINT) return Reason::interrupt;
    if (interrupts_.signal() != 0) return Reason::terminate;
    if (deadline_over()) return Reason::deadline;
    return halted_now_ ? Reason::halt : Reason::other;
  }

  // No call begins any more. Programs that run are asked to end and get some time for it; their outcomes are told. Calls within
  // prun's own processes end with these.
  void wind_up() {
    if (std::exchange(wound_up_, true)) return;
    job_->wind_up();
    if (reason() == command::RunEnding::Reason::other) job_->close();  // nobody is to hear of it
    Failure failure;
    failure.kind = FailureKind::cancelled;
    failure.type = "prun::CancelledError";
    failure.message = "the run ended before it ran";
    engine_.drop();  // before tasks are taken back, as in obey_halt
    engine_.dispatcher().cancel(*job_, failure);
    if (options_->ending == nullptr) return;
    options_->ending->begin(reason());
    interrupts_.expect_another();
    const auto limit = Clock::now() + options_->grace + stop_allowance;
    while (engine_.stoppable_call_runs() && !interrupts_.another() && Clock::now() < limit) {
      if (engine_.pump() != 0) continue;
      push(*out_, *err_);
      wait_for_workers(limit);
    }
  }

  void wait_for_workers(Clock::time_point limit) {
    if (engine_.may_sleep(ring::Bell::event_any)) {
      std::array<pollfd, 4> waits{pollfd{engine_.bell_fd(), POLLIN, 0}, pollfd{engine_.host_fd(), POLLIN, 0},
                                  pollfd{interrupts_.fd(), POLLIN, 0}, pollfd{watch_->fd, POLLIN, 0}};
      const auto left = std::chrono::ceil<milliseconds>(limit - Clock::now()).count();
      const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (ready > 0 && (waits[0].revents != 0 || waits[1].revents != 0)) engine_.on_readable();
      if (ready > 0 && waits[3].revents != 0) watch_->on_readable();
    }
    engine_.awake();
  }

  // Interrupted, or nobody reads: what is done is told, what runs is ended with its worker.
  void finish() {
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
    listener_->on_end();
    while (!all_written() && wait_for_readers()) {
    }
    report_.unwritten = out_->give_up_rest() + err_->give_up_rest();
    if (options_->journal != nullptr) options_->journal->finish();
    if (job_->finished() && interrupts_.signal() == 0) let_workers_leave();
    // Threads cannot be ended in the middle of a task. They are left to run until the process ends, which is soon.
    if (engine_.threads() && !job_->finished()) static_cast<void>(engine_owner_.release());
  }

  [[nodiscard]] bool all_written() const noexcept { return out_->empty() && err_->empty(); }

  // Waits until the outputs' readers take more. False: once the run is to stop, they are not waited for much longer.
  bool wait_for_readers() {
    push(*out_, *err_);
    if (all_written()) return true;
    if (!parting_ && (interrupts_.signal() != 0 || deadline_over())) parting_ = Clock::now() + parting_time;
    if (parting_ && Clock::now() >= *parting_) return false;
    auto until = parting_;
    if (!until && deadline_) until = deadline_;
    const auto left = until ? std::chrono::ceil<milliseconds>(*until - Clock::now()).count() : 60'000;
    std::array<pollfd, 3> waits{writable_if_waiting(*out_), writable_if_waiting(*err_),
                                pollfd{parting_ ? -1 : interrupts_.fd(), POLLIN, 0}};
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    serve_requests();
    if (ready > 0 && waits[0].revents != 0) out_->reader_is_ready();
    if (ready > 0 && waits[1].revents != 0) err_->reader_is_ready();
    return true;
  }

  // The next task may be writing its output itself, and what is done behind it is to be told.
  void stop_task_that_writes() {
    const auto next = job_->next_told();
    if (options_->turn == nullptr || !next || !options_->turn->taken_by(*next)) return;
    engine_.end({});
    if (options_->turn->left_in_line(*next)) out_->write("\n");
  }

  // So that what functions have printed, and buffered, is written.
  void let_workers_leave() {
    engine_.stop();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (engine_.workers_left() > 0 && engine_.host_fd() >= 0 && interrupts_.signal() == 0) {
      if (std::chrono::steady_clock::now() >= limit) break;
      std::array<pollfd, 2> waits{pollfd{engine_.host_fd(), POLLIN, 0}, pollfd{interrupts_.fd(), POLLIN, 0}};
      ::poll(waits.data(), waits.size(), 100);
      engine_.on_readable();
    }
  }

  RunReport report() {
    const RunJob::Counts counts = job_->counts();
    report_.succeeded = counts.succeeded;
    report_.failed = counts.failed - counts.interrupted;
    report_.not_run = job_->not_told();
    report_.total = job_->total();
    report_.read_to_end = job_->read_to_end();
    report_.interrupted = counts.interrupted;
    report_.bad_inputs = counts.bad_inputs;
    report_.output_closed = out_->closed() || reader_gone_;
    report_.interrupted_by_signal = interrupts_.signal();
    report_.halted = job_->halted();
    return report_;
  }

  const RunOptions* options_;
  std::optional<Clock::time_point> deadline_;
  bool halt_obeyed_ = false;
  bool halted_now_ = false;
  bool wound_up_ = false;
  const Watch* watch_;
  TaskSource* source_;
  Listener* listener_;
  OutputBuffer* out_;
  OutputBuffer* err_;
  RunReport report_;
  bool reader_gone_ = false;
  std::optional<Clock::time_point> parting_;  ///< when readers are waited for no more
  bool wants_token_ = false;                  ///< a chunk could be started if there were one
  sys::Interrupts interrupts_;
  std::unique_ptr<sys::CgroupChildren> groups_;
  std::unique_ptr<pool::Engine> engine_owner_;
  pool::Engine& engine_;
  std::shared_ptr<RunJob> job_;  ///< made while the first workers start
};

}  // namespace

RunReport run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
              OutputBuffer& err, const Watch& watch) {
  RunReport report = Run(options, registry, source, listener, out, err, watch)();
  if (options.tokens != nullptr) options.tokens->keep(0);
  return report;
}

}  // namespace prun
