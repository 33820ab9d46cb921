#include "run/run_job.hpp"

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
constexpr std::uint64_t default_window_bytes = std::uint64_t{8} << 20U;
constexpr std::uint64_t default_window_all_bytes = std::uint64_t{512} << 20U;
// Recorded outcomes that are passed on before signals, the output's reader and the workers are looked at again.
constexpr int most_recorded_at_once = 1000;

std::size_t default_window_for(const RunOptions& options) {
  const std::uint64_t chunk = std::min<std::uint64_t>(options.chunksize.value_or(1), largest_chunk);
  return std::max<std::size_t>(default_window_tasks, chunk * options.workers * 4);
}

/// A living worker may have sent a file already for the task that it runs now.
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
          options.measure || options.retry.retries != 0 || options.journal != nullptr, options.measure,
          options.spilled};
}

}  // namespace

RunJob::RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
               OnBadInput on_bad_input)
    : options_(options),
      registry_(&registry),
      journal_(options.journal),
      window_tasks_(options.window_tasks != 0 ? options.window_tasks : default_window_for(options)),
      window_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_bytes),
      window_all_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_all_bytes),
      guided_(options.workers),
      tasks_(options.mode != Mode::imap_unordered, window_tasks_),
      intake_(source, tasks_, options.journal, options.skip_bad, std::move(on_bad_input)),
      order_(order_options(options), tasks_, intake_, listener),
      admission_(options.admission),
      oom_kills_(options.system_root) {
  const bool used = options.admission.by_memory || journal_ != nullptr;
  timed = options.measure || options.guided_chunks || used;
  measured = ((options.measure && options.measure_usage) || used) && !options.threads;
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
  if (outstanding() >= window_tasks_) return false;
  const std::uint64_t memory = order_.bytes() + unwritten_text();
  // The task that all wait for runs; where nothing runs, only what the outputs' readers have not taken is in the way.
  if (memory >= window_bytes_ || memory + waiting_files() >= window_all_bytes_) return false;
  if (in_flight_ < options_.workers) return true;
  const double expected =
      static_cast<double>(tasks_.bytes() + memory) + mean_result_bytes_ * static_cast<double>(in_flight_);
  return expected < static_cast<double>(window_bytes_);
}

std::uint64_t RunJob::unwritten_text() const noexcept {
  std::uint64_t bytes = 0;
  for (const OutputBuffer* output : outputs_) {
    if (output != nullptr) bytes += output->waiting_text();
  }
  return bytes;
}

std::uint64_t RunJob::waiting_files() const noexcept {
  std::uint64_t bytes = order_.file_bytes();
  for (const OutputBuffer* output : outputs_) {
    if (output != nullptr) bytes += output->waiting_files();
  }
  return bytes;
}

bool RunJob::may_have_chunk() {
  if (!start_limit_.allows(in_flight_)) return false;
  if (lone_task_runs() || makes_room_for_lone_task()) return false;
  if (more_recorded_ && !retries_.due()) return true;
  if (!retries_.due() && (intake_.exhausted() || intake_.waiting() || !window_open())) return false;
  if (!admission_.holds_back()) return true;
  return in_flight_ < options_.workers && admission_.may_be_open(Clock::now());
}

std::optional<RunJob::Clock::time_point> RunJob::next_start() const {
  if (!limit_.allows_beside(chunks_in_flight()) || makes_room_for_lone_task() || !start_limit_.allows(in_flight_))
    return std::nullopt;  // no matter of time
  const auto next = retries_.next();
  if (!admission_.holds_back()) return next;
  if (in_flight_ >= options_.workers) return std::nullopt;
  const auto opens = admission_.opens_at(Clock::now());
  return opens && (retries_.due() || !intake_.exhausted()) ? opens : next;
}

std::optional<std::uint64_t> RunJob::lone_task() const {
  if (lone_task_runs()) return limit_.alone();
  return makes_room_for_lone_task() ? std::optional(retries_.first().index) : std::nullopt;
}

bool RunJob::below_limit() noexcept {
  if (in_flight_ == 0) limit_.all_ended();
  return limit_.allows_beside(chunks_in_flight());
}

// A SIGKILL has no sender: it was for want of memory if the system has killed for that since it was looked at last.
void RunJob::tell_want_of_memory(Failure& failure) {
  const bool ended = failure.kind == FailureKind::lost_signal || failure.kind == FailureKind::signal;
  if (!ended || failure.signal != SIGKILL || !oom_kills_.risen()) return;
  failure.kind = FailureKind::out_of_memory;
  failure.message += ", as memory had run out";
}

bool RunJob::take_retry(detail::ChunkSpec& chunk) {
  const RetryQueue::Retry retry = retries_.take();
  if (retry.alone) limit_.run_alone(retry.index);
  chunk.stoppable = tasks_.function_of(retry.index).is_stoppable();
  chunk.first_index = retry.index;
  chunk.count = 1;
  chunk.attempt = retry.attempt;
  if (const auto* task = tasks_.bytes_of(retry.index)) {
    chunk.entry = entry_of(*task->function);
    append_function(chunk.payload, *task->function, *registry_);
    append_item(chunk.payload, *task->function, task->args.view(), task->kwargs.view());
  } else {
    const auto& segment = *tasks_.segment_of(retry.index);
    chunk.is_range = true;
    chunk.start = segment.range[retry.index - segment.first_index];
    chunk.step = segment.range.step;
    chunk.entry = entry_of(*segment.function);
    append_function(chunk.payload, *segment.function, *registry_);
  }
  ++in_flight_;
  return true;
}

void RunJob::take_no_more() {
  intake_.end();
  if (intake_.next_is_of_range()) {
    skipped_of_range_ += intake_.drop_range();
  } else {
    while (intake_.next() < intake_.gathered()) {
      const std::uint64_t index = intake_.next();
      intake_.hand_out(1);
      skip(index);
    }
  }
  while (!retries_.empty()) skip(retries_.take().index);
}

// A task that will not be run: nothing is told of it.
void RunJob::skip(std::uint64_t index) {
  order_.skip(index);
  tell_all_at_once();
}

void RunJob::note_outcome(bool failed) {
  ++(failed ? failed_ : succeeded_);
  if (halted_ || options_.halt.when == HaltPolicy::When::never) return;
  halted_ = options_.halt.reached(succeeded_, failed_, intake_.total().value_or(0));
}

bool RunJob::next_chunk(detail::ChunkSpec& chunk) {
  if (!below_limit() || !start_limit_.allows(in_flight_)) return false;
  if (makes_room_for_lone_task()) return false;
  if (journal_ != nullptr && !retries_.due() && !pass_recorded()) return false;
  if (!admission_.holds_back()) return retries_.due() ? take_retry(chunk) : cut_chunk(chunk);
  if (!admitted()) return false;
  const bool got = retries_.due() ? take_retry(chunk) : cut_chunk(chunk);
  if (got) note_start(chunk);
  return got;
}

/// The function of the task that would be handed out next, which is read where that has not been done; null: there is none now.
const Function* RunJob::next_function() {
  if (retries_.due()) return &tasks_.function_of(retries_.first().index);
  if (intake_.exhausted() || !window_open() || !ready_to_cut() || !has_next()) return nullptr;
  return intake_.next_is_of_range() ? tasks_.last_range().function : tasks_.at(intake_.next()).function;
}

bool RunJob::admitted() {
  const auto now = Clock::now();
  if (in_flight_ >= options_.workers) return false;
  const Function* const function = next_function();
  if (function == nullptr || !admission_.open(now)) return false;
  if (!options_.admission.by_memory || in_flight_ == 0 || !look_at_memory_) return true;
  if (memory_.admits(*function, look_at_memory_())) return true;
  admission_.look_later(now);
  return false;
}

void RunJob::note_start(const detail::ChunkSpec& chunk) {
  admission_.started(Clock::now());
  if (options_.admission.by_memory) memory_.started(chunk.first_index, tasks_.function_of(chunk.first_index));
}

void RunJob::note_end(std::uint64_t index, const detail::AttemptInfo& info) {
  if (!options_.admission.by_memory) return;
  memory_.ended(index, info.usage ? info.usage->max_rss : 0);
  admission_.look_again();
}

bool RunJob::cut_chunk(detail::ChunkSpec& chunk) {
  if (intake_.exhausted() || !window_open() || !ready_to_cut()) return false;
  std::uint64_t limit = admission_.holds_back() ? 1 : chunksize();
  if (!order_.all_at_once()) limit = std::min<std::uint64_t>(limit, window_tasks_ - outstanding());
  if (journal_ != nullptr) limit = std::min(limit, journal_->next_recorded(intake_.next()) - intake_.next());
  while (has_next()) {
    if (intake_.next_is_of_range()) return take_range_chunk(chunk, limit);
    if (!tasks_.at(intake_.next()).defective()) return take_task_chunk(chunk, limit);
    fail_defective();
    if (!window_open()) return false;
  }
  return false;
}

// What is recorded of the tasks that come next is told, or waits for its turn. False where there is nothing to be handed out
// behind it for now.
bool RunJob::pass_recorded() {
  more_recorded_ = false;
  for (int passed = 0; journal_->next_recorded(intake_.next()) != TaskJournal::none; ++passed) {
    if (intake_.exhausted() || !window_open() || !ready_to_cut() || !has_next()) return false;
    if (journal_->next_recorded(intake_.next()) != intake_.next()) return true;
    more_recorded_ = passed == most_recorded_at_once;
    if (more_recorded_) return false;
    tell_recorded();
  }
  return true;
}

// It does not count where the run is to be halted after so many failures: those of an earlier run have done so already.
void RunJob::tell_recorded() {
  const std::uint64_t index = intake_.next();
  const RecordedOutcome recorded = journal_->take_recorded(index, tasks_.function_of(index));
  intake_.hand_out(1);
  if (recorded.failure) {
    order_.failure(index, *recorded.failure, recorded.info);
  } else {
    order_.value(index, recorded.value, recorded.info);
  }
  tell_all_at_once();
}

// The next task cannot be passed on exactly: it fails without a call.
void RunJob::fail_defective() {
  Failure failure;
  failure.kind = FailureKind::bad_arguments;
  failure.type = "prun::ArgumentError";
  const std::uint64_t index = intake_.next();
  failure.message = tasks_.take_defect(index);
  intake_.hand_out(1);
  ++in_flight_;
  on_failure(index, std::move(failure), {});
}

// Python's map cuts its input into chunks by its length: where that is unknown, all of it is read first.
bool RunJob::ready_to_cut() {
  if (!order_.all_at_once() || options_.chunksize || options_.guided_chunks || map_chunksize_) return true;
  if (const auto remaining = intake_.unread()) {
    map_chunksize_ = default_chunksize(*remaining, options_.workers);
    return true;
  }
  while (read()) {
  }
  if (!intake_.ended()) return false;
  map_chunksize_ = default_chunksize(intake_.gathered() - intake_.next(), options_.workers);
  return true;
}

std::uint64_t RunJob::chunksize() {
  if (options_.guided_chunks) {
    const auto unread = intake_.unread();
    return guided_.next(unread ? *unread + intake_.range_left() : std::numeric_limits<std::uint64_t>::max());
  }
  const std::uint64_t size = options_.chunksize.value_or(order_.all_at_once() ? map_chunksize_.value_or(1) : 1);
  return std::min(size, largest_chunk);
}

// A command costs far more than a chunk, and those of one chunk would wait for each other.
std::uint64_t RunJob::most_calls_of(const Function& function) const noexcept {
  const bool chunked = options_.chunksize || options_.guided_chunks;
  return function.is_command() && !chunked ? 1 : largest_chunk;
}

bool RunJob::read() {
  const bool had_ended = intake_.ended();
  if (intake_.read()) return true;
  if (!had_ended && intake_.ended()) tell_all_at_once();
  return false;
}

// Once everything is read, whether to its end or to bad input, and run.
void RunJob::tell_all_at_once() {
  if (order_.all_at_once() && all_run()) order_.tell_ready();
}

bool RunJob::take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const NumberedTasks::Segment& segment = tasks_.last_range();
  const std::uint64_t count = std::min({limit, intake_.range_left(), most_calls_of(*segment.function)});
  const std::uint64_t first = segment.range.count - intake_.range_left();
  chunk.stoppable = segment.function->is_stoppable();
  chunk.entry = entry_of(*segment.function);
  chunk.first_index = intake_.next();
  chunk.count = static_cast<std::uint32_t>(count);
  chunk.is_range = true;
  chunk.start = segment.range[first];
  chunk.step = segment.range.step;
  append_function(chunk.payload, *segment.function, *registry_);
  intake_.hand_out(count);
  in_flight_ += count;
  return true;
}

bool RunJob::take_task_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const Function* function = tasks_.at(intake_.next()).function;
  chunk.stoppable = function->is_stoppable();
  chunk.entry = entry_of(*function);
  chunk.first_index = intake_.next();
  chunk.count = 0;
  append_function(chunk.payload, *function, *registry_);
  limit = std::min(limit, most_calls_of(*function));
  while (chunk.count < limit && has_next() && !intake_.next_is_of_range()) {
    const NumberedTasks::TaskBytes& task = tasks_.at(intake_.next());
    if (task.function != function || task.defective()) break;
    append_item(chunk.payload, *function, task.args.view(), task.kwargs.view());
    ++chunk.count;
    intake_.hand_out(1);
  }
  in_flight_ += chunk.count;
  return true;
}

void RunJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  --in_flight_;
  if (closed_) return;  // its task may be forgotten; files go with the run
  start_limit_.ended();
  note_files(index, value);
  note_outcome(false);
  if (journal_ != nullptr) journal_->on_value(index, tasks_.function_of(index), value, info);
  mean_result_bytes_ += (static_cast<double>(value.size()) - mean_result_bytes_) / 16;
  if (options_.guided_chunks) guided_.measured(std::chrono::nanoseconds(info.duration_ns));
  note_end(index, info);
  order_.value(index, value, info);
  tell_all_at_once();
}

void RunJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  --in_flight_;
  if (closed_) return;
  note_files(index, failure.detail);
  if (options_.spilled != nullptr && worker_died(failure)) options_.spilled->give_back_unnamed(failure.pid);
  if (failure.type == command::output_error_type) {
    output_failure_ = failure.message;
    return;
  }
  if (failure.kind == FailureKind::cancelled && intake_.ended() && (halted_ || winding_up_)) return skip(index);
  if (failure.kind == FailureKind::interrupted) return on_interrupted(index, failure, info);
  if (failure.type == command::start_error_type && wait_to_start(index, info)) return;
  start_limit_.ended();
  note_end(index, info);
  tell_want_of_memory(failure);
  const bool again = !halted_ && !winding_up_ && options_.retry.again(failure.kind, info.attempt);
  if (journal_ != nullptr) journal_->on_failure(index, tasks_.function_of(index), failure, info, !again);
  if (again) {
    const auto pause = options_.retry.pause_before(info.attempt + 1, index);
    const bool alone = failure.kind == FailureKind::out_of_memory;
    retries_.add(Clock::now() + pause, {index, info.attempt + 1, alone});
    give_back_files(index, failure.detail);
    return;
  }
  note_outcome(true);
  order_.failure(index, failure, info);
  tell_all_at_once();
}

// What no result names, because its worker died, is nobody's.
void RunJob::note_files(std::uint64_t index, std::string_view result) {
  if (options_.spilled == nullptr || !tasks_.function_of(index).is_command()) return;
  for (const auto& file : command::files_of(result)) options_.spilled->note_named(file.token);
}

void RunJob::give_back_files(std::uint64_t index, std::string_view result) {
  if (options_.spilled == nullptr || !tasks_.function_of(index).is_command()) return;
  for (const auto& file : command::files_of(result)) options_.spilled->give_back(file.token);
}

// Nothing of it has run, so it is the same attempt. False: there is no point in waiting.
bool RunJob::wait_to_start(std::uint64_t index, const detail::AttemptInfo& info) {
  if (halted_ || winding_up_ || !start_limit_.refused(in_flight_)) return false;
  const auto pause = in_flight_ == 0 ? StartLimit::pause : std::chrono::milliseconds(0);
  retries_.add(Clock::now() + pause, {index, info.attempt});
  return true;
}

// Shown as a failure, as what it wrote is to be seen; but the task is not done, and a run that goes on runs it again.
void RunJob::on_interrupted(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info) {
  ++interrupted_;
  if (journal_ != nullptr) journal_->on_failure(index, tasks_.function_of(index), failure, info, false);
  order_.failure(index, failure, info);
  tell_all_at_once();
}

std::string RunJob::call_of(std::uint64_t index) {
  TaskEvent event;
  const std::string call = tasks_.describe(index, event).call_text(event.args, event.kwargs);
  event.call = call;
  std::string text;
  append_short_call(text, event);
  return text;
}

}  // namespace prun
