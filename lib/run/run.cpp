#include "run/run.hpp"

#include "pool/engine.hpp"
#include "run/run_job.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/interrupts.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <stdexcept>

namespace prun {
namespace {

using std::chrono::milliseconds;

pool::EngineOptions engine_options(const RunOptions& options, const TaskSource& source) {
  pool::EngineOptions engine;
  engine.workers = options.workers;
  if (const auto remaining = source.remaining()) {
    engine.workers = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*remaining, 1, options.workers));
  }
  engine.threads = options.threads;
  engine.max_tasks_per_child = options.max_tasks_per_child.value_or(0);
  engine.run_seed = options.seed;
  if (options.initializer != nullptr) {
    engine.setup.initializer = [call = options.initializer] {
      CallContext context;
      context.kwargs = call->kwargs;
      std::string ignored;
      call->function->call(call->args, context, ignored);
    };
  }
  engine.setup.environment = sys::thread_limits(options.cpu_budget, engine.workers);
  return engine;
}

class Run {
 public:
  Run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
      OutputBuffer& err, const Watch& watch)
      : watch_(&watch),
        source_(&source),
        listener_(&listener),
        out_(&out),
        err_(&err),
        job_(std::make_shared<RunJob>(options, registry, source, listener,
                                      [this, &options](const InputError& error) {
                                        if (options.skip_bad) {
                                          err_->write("prun: " + error.message + "\n");
                                        } else {
                                          report_.bad_input = error;
                                        }
                                      })),
        engine_owner_(std::make_unique<pool::Engine>(engine_options(options, source))),
        engine_(*engine_owner_) {
    if (!options.threads) registry.workers_start();
  }

  RunReport operator()() {
    while (!ended()) {
      if (job_->wants_queueing()) engine_.dispatcher().enqueue(job_);
      engine_.pump();
      if (job_->wants_queueing() && !engine_.dispatcher().has_pending()) continue;
      if (!ended()) sleep();
    }
    if (engine_.broken()) throw std::runtime_error(engine_.broken()->message);
    finish();
    return report();
  }

 private:
  [[nodiscard]] bool ended() {
    return job_->finished() || out_->closed() || reader_gone_ || interrupts_.signal() != 0 ||
           engine_.broken().has_value();
  }

  void sleep() {
    out_->flush();
    err_->flush();
    const bool busy = engine_.busy();
    if (engine_.may_sleep(busy ? ring::Bell::event_batch : ring::Bell::event_any)) {
      std::array<pollfd, 6> waits{pollfd{engine_.bell_fd(), POLLIN, 0},
                                  pollfd{engine_.host_fd(), POLLIN, 0},
                                  pollfd{interrupts_.fd(), POLLIN, 0},
                                  pollfd{job_->waiting_for_input() ? source_->wait_fd() : -1, POLLIN, 0},
                                  pollfd{out_->fd(), 0, 0},  // its reader going away ends the run
                                  pollfd{watch_->fd, POLLIN, 0}};
      // While results come thick the bell only rings for a batch, so that the last few are fetched after a millisecond.
      const timespec limit{0, 1'000'000};
      const int ready = ::ppoll(waits.data(), waits.size(), busy ? &limit : nullptr, nullptr);
      if (ready > 0 && (waits[0].revents != 0 || waits[1].revents != 0)) engine_.on_readable();
      if (ready > 0 && waits[3].revents != 0) job_->input_is_readable();
      if (ready > 0 && waits[5].revents != 0) watch_->on_readable();
      if (ready > 0 && (waits[4].revents & (POLLERR | POLLNVAL)) != 0) reader_gone_ = true;
    }
    engine_.awake();
  }

  // Interrupted, or nobody reads: what is done is told, what runs is ended with its worker.
  void finish() {
    if (!job_->finished()) {
      engine_.pump();
      job_->close();
    }
    listener_->on_end();
    out_->flush();
    err_->flush();
    if (job_->finished() && interrupts_.signal() == 0) let_workers_leave();
    // Threads cannot be ended in the middle of a task. They are left to run until the process ends, which is soon.
    if (engine_.threads() && !job_->finished()) static_cast<void>(engine_owner_.release());
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
    const RunJob::Counts& counts = job_->counts();
    report_.succeeded = counts.succeeded;
    report_.failed = counts.failed;
    report_.not_run = job_->not_told();
    report_.bad_inputs = counts.bad_inputs;
    report_.output_closed = out_->closed() || reader_gone_;
    report_.interrupted_by_signal = interrupts_.signal();
    return report_;
  }

  const Watch* watch_;
  TaskSource* source_;
  Listener* listener_;
  OutputBuffer* out_;
  OutputBuffer* err_;
  RunReport report_;
  bool reader_gone_ = false;
  sys::Interrupts interrupts_;
  std::shared_ptr<RunJob> job_;
  std::unique_ptr<pool::Engine> engine_owner_;
  pool::Engine& engine_;
};

}  // namespace

RunReport run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
              OutputBuffer& err, const Watch& watch) {
  return Run(options, registry, source, listener, out, err, watch)();
}

}  // namespace prun
