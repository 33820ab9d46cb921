#include "run/run_job.hpp"

#include "cluster/nodes.hpp"
#include "command/command_result.hpp"
#include "command/output_error.hpp"
#include "command/spilled_files.hpp"
#include "command/start_error.hpp"
#include "output/value_text.hpp"
#include "run/function_entry.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t default_window_tasks = 4096;
constexpr std::size_t window_tasks_of_a_node = 2048;
constexpr std::size_t most_window_tasks = 65536;        // of chunks without a given size
constexpr std::uint64_t chunks_of_unknown_results = 4;  // for each worker
constexpr std::uint64_t default_window_bytes = std::uint64_t{8} << 20U;
constexpr std::uint64_t default_window_all_bytes = std::uint64_t{512} << 20U;

/// The number of tasks that may be outstanding. In another start order, the next result may be that of the task that starts last.
std::size_t window_for(const RunOptions& options) {
  if (options.order != order::StartOrder::of_input) return SIZE_MAX / 8;
  if (options.window_tasks != 0) return options.window_tasks;
  if (options.guided_chunks)
    return std::min<std::size_t>(detail::AdaptiveChunks::largest * options.workers * 4, most_window_tasks);
  const std::uint64_t chunk = std::min<std::uint64_t>(options.chunksize.value_or(1), largest_chunk);
  const std::size_t window = std::max<std::size_t>(default_window_tasks, chunk * options.workers * 4);
  return options.nodes == nullptr ? window : window + window_tasks_of_a_node * options.nodes->count();
}

/// A living worker may already have sent a file for its current task.
bool worker_died(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::lost_signal:
    case FailureKind::lost_exit:
    case FailureKind::timeout:
    case FailureKind::cpu_limit:
    case FailureKind::out_of_memory:
    case FailureKind::terminal: return failure.pid != 0 && failure.detail.empty();
    default: return false;
  }
}

OutcomeOrder::Options order_options(const RunOptions& options) {
  using Order = OutcomeOrder::Order;
  const bool all_at_once = options.mode == Mode::map || options.mode == Mode::starmap;
  return {options.mode == Mode::imap_unordered ? Order::as_completed
          : all_at_once                        ? Order::all_at_once
                                               : Order::of_input,
          options.measure || options.retry.retries != 0 || options.recorded != nullptr || options.nodes != nullptr,
          options.measure, options.nodes, options.spilled};
}

const EventStream& events_of(const RunOptions& options) {
  static const EventStream nobody_hears;
  return options.events != nullptr ? *options.events : nobody_hears;
}

}  // namespace

RunJob::RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
               OnBadInput on_bad_input)
    : options_(options),
      registry_(&registry),
      events_(&events_of(options)),
      recorded_(options.recorded),
      window_tasks_(window_for(options)),
      window_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_bytes),
      window_all_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_all_bytes),
      tasks_(options.mode != Mode::imap_unordered, window_tasks_),
      intake_(source, tasks_, options.recorded, *events_, options.skip_bad, std::move(on_bad_input)),
      order_(order_options(options), tasks_, intake_, listener),
      admission_(options.admission),
      oom_kills_(options.system_root) {
  const bool usage = options.admission.by_memory || events_->wanted(Wants::usage);
  if (options.guided_chunks) adaptive = std::make_unique<detail::AdaptiveChunks>(options.workers);
  always_timed_ = options.measure || options.nodes != nullptr || usage;
  measured = ((options.measure && options.measure_usage) || usage) && !options.threads;
}

std::optional<std::uint64_t> RunJob::total() const {
  const std::uint64_t read = intake_.gathered() + skipped_of_range_;
  if (intake_.read_to_end()) return read;
  const auto unread = intake_.unread();
  return unread ? std::optional(read + *unread) : std::nullopt;
}

std::uint64_t RunJob::outstanding() const noexcept {
  return order_.in_order() ? intake_.next() - order_.next() : in_flight_;
}

bool RunJob::window_open() const noexcept {
  if (order_.all_at_once()) return true;
  if (reorders()) return unwritten_text() < window_bytes_;  // results must wait for their turn, as in `map`
  if (outstanding() >= window_tasks_) return false;
  const std::uint64_t memory = order_.bytes() + unwritten_text();
  // The first unreported task is running; if none runs, only unread output is in the way.
  if (memory >= window_bytes_ || memory + waiting_files() >= window_all_bytes_) return false;
  const std::uint64_t workers = options_.workers + (options_.nodes != nullptr ? options_.nodes->workers() : 0);
  if (in_flight_ < workers) return true;
  const double expected =
      static_cast<double>(tasks_.bytes() + memory) + mean_result_bytes_ * static_cast<double>(in_flight_);
  return expected < static_cast<double>(window_bytes_);
}

// Tasks that are handed out will run, so there must be room for their results. The size of results is unknown until some have
// arrived. The size of command outputs is never known.
bool RunJob::enough_in_flight() const noexcept {
  if (order_.all_at_once()) return false;
  const std::uint64_t known = commands_seen_ ? 0 : succeeded_ + failed_;
  return chunks_in_flight() >= chunks_of_unknown_results * options_.workers + known;
}

bool RunJob::reader_is_slow() const noexcept {
  return unwritten_text() >= window_bytes_ || unwritten_text() + unwritten_files() >= window_all_bytes_;
}

std::uint64_t RunJob::unwritten_text() const noexcept {
  std::uint64_t bytes = 0;
  for (const OutputBuffer* output : outputs_) {
    if (output != nullptr) bytes += output->waiting_text();
  }
  return bytes;
}

std::uint64_t RunJob::waiting_files() const noexcept { return order_.file_bytes() + unwritten_files(); }

std::uint64_t RunJob::unwritten_files() const noexcept {
  std::uint64_t bytes = 0;
  for (const OutputBuffer* output : outputs_) {
    if (output != nullptr) bytes += output->waiting_files();
  }
  return bytes;
}

std::optional<std::uint64_t> RunJob::lone_task() const {
  if (lone_task_runs()) return limit_.alone();
  return makes_room_for_lone_task() ? std::optional(retries_.first().index) : std::nullopt;
}

// A SIGKILL has no sender. It was for lack of memory if the system has made such a kill since the last check.
void RunJob::tell_want_of_memory(Failure& failure) {
  const bool ended = failure.kind == FailureKind::lost_signal || failure.kind == FailureKind::signal;
  if (!ended || failure.signal != SIGKILL || !oom_kills_.risen()) return;
  failure.kind = FailureKind::out_of_memory;
  failure.message += ", as memory had run out";
}

void RunJob::take_no_more() {
  if (!intake_.ended()) events_->tell(InputEnded{intake_.gathered(), false});
  intake_.end();
  if (intake_.next_is_of_range()) {
    skipped_of_range_ += intake_.drop_range();
  } else {
    const std::uint64_t first = intake_.next();
    const std::uint64_t count = intake_.gathered() - first;
    intake_.hand_out(count);
    skip(first, count);
  }
  for (const std::uint64_t index : starts_.take_rest()) skip(index, 1);
  while (!retries_.empty()) skip(retries_.take().index, 1);
}

void RunJob::give_back(std::uint64_t index, std::uint32_t attempt) {
  --in_flight_;
  if (closed_) return;
  if (halted_ || winding_up_) return skip(index, 1);
  retries_.add({}, {index, attempt});
}

// Tasks that will not be run. Nothing is reported for them.
void RunJob::skip(std::uint64_t first, std::uint64_t count) {
  order_.skip(first, count);
  tell_all_at_once();
}

void RunJob::note_outcome(bool failed) {
  ++(failed ? failed_ : succeeded_);
  if (halted_ || options_.halt.when == HaltPolicy::When::never) return;
  halted_ = options_.halt.reached(succeeded_, failed_, intake_.total().value_or(0));
}

void RunJob::note_end(std::uint64_t index, const detail::AttemptInfo& info) {
  if (!options_.admission.by_memory) return;
  memory_.ended(index, info.usage ? info.usage->max_rss : 0);
  admission_.look_again();
}

bool RunJob::read() {
  const bool had_ended = intake_.ended();
  if (intake_.read()) return true;
  if (!had_ended && intake_.ended()) tell_all_at_once();
  return false;
}

// Called when all input has been read, to its end or to bad input, and all its tasks have run.
void RunJob::tell_all_at_once() {
  if (order_.all_at_once() && all_run()) order_.tell_ready();
}

void RunJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  --in_flight_;
  if (closed_) return;  // its task may be forgotten; files end with the run
  start_limit_.ended();
  if (commands_seen_) note_files(index, value);
  note_outcome(false);
  if (events_->wants_values()) tell_attempt(index, value, nullptr, info, true);
  tell_measured(index, info);
  const std::uint64_t weight = succeeded_ < 16 ? succeeded_ : 16;
  mean_result_bytes_ += (static_cast<double>(value.size()) - mean_result_bytes_) / static_cast<double>(weight);
  if (fitting_) fitting_->note(tasks_.function_of(index), std::chrono::nanoseconds(info.duration_ns));
  if (options_.nodes != nullptr) mean_ns_ += (static_cast<double>(info.duration_ns) - mean_ns_) / 16;
  note_end(index, info);
  order_.value(index, value, info);
  tell_all_at_once();
}

void RunJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  --in_flight_;
  if (closed_) return;
  if (commands_seen_) note_files(index, failure.detail);
  if (options_.spilled != nullptr && info.host == 0 && worker_died(failure))
    options_.spilled->give_back_unnamed(failure.pid);
  if (failure.type == command::output_error_type) {
    output_failure_ = failure.message;
    return;
  }
  if (skips(failure)) return skip(index, 1);
  if (failure.kind == FailureKind::interrupted) return on_interrupted(index, failure, info);
  const bool not_started = failure.type == command::start_error_type;
  if (not_started && wait_to_start(index, info)) return;
  if (!not_started) start_limit_.ended();
  note_end(index, info);
  tell_want_of_memory(failure);
  const bool again = !halted_ && !winding_up_ && options_.retry.again(failure.kind, info.attempt);
  tell_attempt(index, {}, &failure, info, !again);
  if (again) {
    const auto earliest = Clock::now() + options_.retry.pause_before(info.attempt + 1, index);
    const bool alone = failure.kind == FailureKind::out_of_memory;
    retries_.add(earliest, {index, info.attempt + 1, alone});
    events_->tell(RetryScheduled{index, info.attempt + 1, earliest});
    give_back_files(index, failure.detail);
    return;
  }
  note_outcome(true);
  tell_measured(index, info);
  order_.failure(index, failure, info);
  tell_all_at_once();
}

void RunJob::on_failures(std::uint64_t first, std::uint64_t count, const Failure& failure,
                         const detail::AttemptInfo& info) {
  if (!closed_ && !skips(failure)) return Job::on_failures(first, count, failure, info);
  in_flight_ -= count;
  if (!closed_) skip(first, count);
}

bool RunJob::skips(const Failure& failure) const noexcept {
  return failure.kind == FailureKind::cancelled && intake_.ended() && (halted_ || winding_up_);
}

void RunJob::on_rest(std::uint64_t first_index, std::uint32_t count, std::uint32_t attempt) {
  if (events_->wanted<ChunkStarted>()) events_->tell(ChunkStarted{first_index, count, attempt});
}

void RunJob::tell_attempt(std::uint64_t index, std::string_view value, const Failure* failure,
                          const detail::AttemptInfo& info, bool final) {
  const std::string_view host = options_.nodes != nullptr ? options_.nodes->name_of(info.host) : std::string_view();
  events_->tell(AttemptEnded{index, tasks_.function_of(index), value, failure, info, final, *this, host});
}

void RunJob::tell_measured(std::uint64_t index, const detail::AttemptInfo& info) {
  if (info.started_ns == 0 || !events_->wanted<CallMeasured>()) return;
  events_->tell(CallMeasured{index, std::chrono::nanoseconds(info.duration_ns), succeeded_ + failed_});
}

// Files that no result names, because their worker died, are not needed.
void RunJob::note_files(std::uint64_t index, std::string_view result) {
  if (options_.spilled == nullptr || !tasks_.function_of(index).is_command()) return;
  for (const auto& file : command::files_of(result)) options_.spilled->note_named(file.token);
}

void RunJob::give_back_files(std::uint64_t index, std::string_view result) {
  if (options_.spilled == nullptr || !tasks_.function_of(index).is_command()) return;
  for (const auto& file : command::files_of(result)) options_.spilled->give_back(file.token);
}

// No part of the task has run, so it is the same attempt. Returns false if waiting is pointless.
bool RunJob::wait_to_start(std::uint64_t index, const detail::AttemptInfo& info) {
  if (halted_ || winding_up_ || !start_limit_.refused(in_flight_)) return false;
  retries_.add(start_limit_.next_try(), {index, info.attempt});
  return true;
}

// Shown as a failure, to show its output. But the task is not done, and a resumed run runs it again.
void RunJob::on_interrupted(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info) {
  ++interrupted_;
  tell_attempt(index, {}, &failure, info, false);
  order_.failure(index, failure, info);
  tell_all_at_once();
}

std::string RunJob::call_of(std::uint64_t index) {
  if (!tasks_.knows(index)) return "task " + std::to_string(index);
  TaskEvent event;
  const std::string call = tasks_.describe(index, event).call_text(event.args, event.kwargs);
  event.call = call;
  std::string text;
  append_short_call(text, event);
  return text;
}

}  // namespace prun
