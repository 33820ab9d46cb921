#include "agent/agent.hpp"

#include "cluster/file_chunk.hpp"
#include "cluster/messages.hpp"
#include "command/time_limit.hpp"
#include "task/cancelled.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace prun::agent {
namespace {

using cluster::FrameType;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// How long idle workers may take to exit. It is less than the head waits for this process.
constexpr milliseconds leaving_time{1000};
/// For the last outcomes on their way to the head.
constexpr milliseconds parting_time{1000};

constexpr const char* ended_early = "the run ended before it ran";

command::RunEnding::Reason reason_of(std::uint64_t number) {
  using Reason = command::RunEnding::Reason;
  return number <= static_cast<std::uint64_t>(Reason::other) ? static_cast<Reason>(number) : Reason::other;
}

}  // namespace

Agent::Agent(const RunOptions& options, bool measured, Registry& registry, HeadLine& line, JobSignals& signals,
             NodeFiles& files)
    : options_(options),
      registry_(&registry),
      line_(&line),
      signals_(&signals),
      files_(&files),
      groups_(limited_groups(options)),
      engine_owner_(std::make_unique<pool::Engine>(engine_options(options_, std::nullopt, groups_.groups.get()))),
      engine_(*engine_owner_),
      job_(std::make_shared<AgentJob>(AgentJob::Options{options.workers, options.chunksize, measured}, registry,
                                      options.spilled, files)) {
  if (!options.threads) registry.workers_start();
  signals_->workers_started();
}

bool Agent::operator()(milliseconds dead_after) {
  line_->start(dead_after);
  line_->send(FrameType::ready, cluster::encode_number(engine_.worker_limit()));
  line_->flush();
  while (!over_) {
    take_messages();
    if (over_) break;
    take_signals();
    pump();
    send_outcomes();
    if (engine_.broken()) {
      refuse(engine_.broken()->message);
    } else if (line_->lost()) {
      end_quietly();
    } else if (!job_->wants_queueing() || engine_.dispatcher().has_pending()) {
      sleep(std::nullopt);
    }
  }
  return served_;
}

void Agent::pump() {
  if (job_->wants_queueing()) engine_.dispatcher().enqueue(job_);
  engine_.pump();
}

void Agent::send_outcomes() {
  if (job_->outcome_bytes() != 0) line_->send(FrameType::outcomes, job_->take_outcomes());
  line_->flush();
}

void Agent::take_messages() {
  for (const Message& message : line_->take()) {
    if (over_) return;
    try {
      take(message);
    } catch (const wire::DecodeError& e) {
      refuse(fmt::format("it cannot read what the head of the run sends: {}; use a launcher that changes no byte",
                         e.what()));
    }
  }
}

void Agent::take_signals() {
  const int signal = signals_->take();
  if (signal == 0) return;
  line_->send(FrameType::warned, cluster::encode_number(static_cast<std::uint64_t>(signal)));
  if (signal == SIGTERM) job_->expect_terminated_programs();
}

void Agent::take(const Message& message) {
  switch (message.type) {
    case FrameType::tasks: return take_tasks(message.body);
    case FrameType::recall:
      return line_->send(FrameType::returned,
                         cluster::encode_numbers(job_->take_back(cluster::decode_number(message.body))));
    case FrameType::limit: return limit_calls(nanoseconds(cluster::decode_number(message.body)));
    case FrameType::file: return take_file(message.body);
    case FrameType::pause: return pause(true);
    case FrameType::resume: return pause(false);
    case FrameType::stop: return stop(reason_of(cluster::decode_number(message.body)));
    default: return refuse("it does not know a message of the head; please report this");
  }
}

// A file that cannot be read on the head, or not be written under its name, fails its task. A machine that can write no file would
// fail every task, and faster than other machines run them. So it takes no part.
void Agent::take_file(std::string_view body) {
  files_->take(cluster::decode_file_chunk(body));
  if (!files_->machine_error().empty()) refuse(files_->machine_error());
}

// Files come before their task, which comes alone.
void Agent::add_tasks(const cluster::TaskBatch& batch, const Function& function) {
  if (files_->any() && !batch.range) {
    wire::ValueReader items(batch.items);
    for (std::uint64_t i = 0; i < batch.count; ++i)
      files_->task_comes(batch.first_index + i, cluster::take_item(items).args);
    if (const std::string why = files_->missing(batch.first_index); !why.empty() && batch.count == 1)
      return job_->fail(batch.first_index, batch.attempt, why);
  }
  job_->add(batch, function);
}

void Agent::take_tasks(std::string_view body) {
  const cluster::TaskBatch batch = cluster::decode_tasks(body);
  const Function* function = batch.function ? registry_->find(*batch.function) : options_.command;
  if (function != nullptr) return add_tasks(batch, *function);
  const std::string name(batch.function.value_or("a command"));
  refuse(registry_->problem().empty()
             ? fmt::format("it has no function {}; name the file that defines it with --plugin", name)
             : registry_->problem());
}

void Agent::limit_calls(nanoseconds limit) {
  if (options_.found_timeout != nullptr) options_.found_timeout->set(limit);
  engine_.limit_calls(limit);
}

// The head gives its tasks to other machines.
void Agent::refuse(const std::string& why) {
  line_->send(FrameType::refused, cluster::encode_text(why));
  line_->drain(parting_time);
  over_ = true;
}

void Agent::pause(bool paused) {
  if (paused == paused_since_.has_value()) return;
  if (paused) {
    engine_.pause();
    paused_since_ = Clock::now();
  } else {
    engine_.go_on(Clock::now() - *std::exchange(paused_since_, std::nullopt));
  }
}

// As RunLoop::wind_up: calls inside prun's own processes end with these processes, and programs get some time.
void Agent::stop(command::RunEnding::Reason reason) {
  over_ = served_ = true;
  pause(false);
  static_cast<void>(job_->take_back(UINT64_MAX));
  job_->wind_up();
  if (reason == command::RunEnding::Reason::none) {
    line_->send(FrameType::goodbye, {});
    line_->drain(parting_time);
    return let_workers_leave();
  }
  engine_.drop();
  engine_.dispatcher().cancel(*job_, cancelled_failure(ended_early));
  if (options_.ending != nullptr) {
    options_.ending->begin(reason);
    const auto limit = Clock::now() + options_.grace + stop_allowance;
    while (engine_.stoppable_call_runs() && !line_->lost() && Clock::now() < limit) {
      pump();
      send_outcomes();
      sleep(limit);
    }
  }
  engine_.pump();
  send_outcomes();
  line_->send(FrameType::goodbye, {});
  line_->drain(parting_time);
}

// Nobody is to hear of it.
void Agent::end_quietly() {
  over_ = true;
  pause(false);
  static_cast<void>(job_->take_back(UINT64_MAX));
  engine_.drop();
  engine_.dispatcher().cancel(*job_, cancelled_failure(ended_early));
  if (options_.ending == nullptr) return;
  options_.ending->begin(command::RunEnding::Reason::terminate);
  const auto limit = Clock::now() + std::min<nanoseconds>(options_.grace, std::chrono::seconds(1));
  while (engine_.stoppable_call_runs() && Clock::now() < limit) {
    pump();
    static_cast<void>(job_->take_outcomes());
    sleep(limit);
  }
}

void Agent::sleep(std::optional<Clock::time_point> until) {
  auto longest = nanoseconds::max();
  const bool busy = engine_.busy();
  if (busy) longest = milliseconds(1);
  if (const auto left = engine_.kill_overdue()) longest = std::min(longest, *left);
  if (until) longest = std::min<nanoseconds>(longest, std::max<nanoseconds>(*until - Clock::now(), {}));
  if (engine_.may_sleep(busy ? ring::Bell::event_batch : ring::Bell::event_any)) {
    std::array<pollfd, 6> waits{pollfd{engine_.bell_fd(), POLLIN, 0},
                                pollfd{engine_.host_fd(), POLLIN, 0},
                                pollfd{line_->lost() ? -1 : line_->fd(), POLLIN, 0},
                                pollfd{line_->waits() ? line_->out_fd() : -1, POLLOUT, 0},
                                pollfd{options_.spilled != nullptr ? options_.spilled->fd() : -1, POLLIN, 0},
                                pollfd{signals_->fd(), POLLIN, 0}};
    timespec limit{};
    const bool forever = longest == nanoseconds::max();
    if (!forever) limit = {longest.count() / 1'000'000'000, longest.count() % 1'000'000'000};
    static_cast<void>(::ppoll(waits.data(), waits.size(), forever ? nullptr : &limit, nullptr));
    engine_.on_readable();
    if ((waits[4].revents & POLLIN) != 0) options_.spilled->receive();
  }
  engine_.awake();
}

// So that functions' buffered output is written.
void Agent::let_workers_leave() {
  engine_.stop();
  const auto limit = Clock::now() + leaving_time;
  while (engine_.workers_left() > 0 && engine_.host_fd() >= 0 && Clock::now() < limit) {
    pollfd news{engine_.host_fd(), POLLIN, 0};
    const auto left = std::chrono::ceil<milliseconds>(limit - Clock::now());
    static_cast<void>(::poll(&news, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))));
    engine_.on_readable();
  }
}

}  // namespace prun::agent
