#include "run/run_job.hpp"

#include "command/command_result.hpp"
#include "output/value_text.hpp"
#include "run/function_entry.hpp"
#include "wire/failure.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t default_window_tasks = 4096;
constexpr std::size_t default_window_bytes = std::size_t{8} << 20;
// Recorded outcomes that are passed on before signals, the output's reader and the workers are looked at again.
constexpr int most_recorded_at_once = 1000;

std::size_t default_window_for(const RunOptions& options) {
  const std::uint64_t chunk = std::min<std::uint64_t>(options.chunksize.value_or(1), largest_chunk);
  return std::max<std::size_t>(default_window_tasks, chunk * options.workers * 4);
}

std::chrono::system_clock::time_point to_system_time(std::int64_t monotonic_ns) {
  if (monotonic_ns == 0) return {};
  using std::chrono::nanoseconds, std::chrono::steady_clock, std::chrono::system_clock;
  const auto ago = steady_clock::now().time_since_epoch() - nanoseconds(monotonic_ns);  // both are CLOCK_MONOTONIC
  return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(ago);
}

}  // namespace

RunJob::RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
               OnBadInput on_bad_input)
    : options_(options),
      registry_(&registry),
      source_(&source),
      listener_(&listener),
      on_bad_input_(std::move(on_bad_input)),
      journal_(options.journal),
      all_at_once_(options.mode == Mode::map || options.mode == Mode::starmap),
      ordered_(options.mode != Mode::imap_unordered),
      window_tasks_(options.window_tasks != 0 ? options.window_tasks : default_window_for(options)),
      window_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_bytes),
      guided_(options.workers),
      tasks_(ordered_, window_tasks_),
      admission_(options.admission),
      oom_kills_(options.system_root),
      outcomes_(options.measure || options.retry.retries != 0 || options.journal != nullptr) {
  const bool used = options.admission.by_memory || journal_ != nullptr;
  timed = options.measure || options.guided_chunks || used;
  measured = ((options.measure && options.measure_usage) || used) && !options.threads;
}

std::uint64_t RunJob::outstanding() const noexcept { return ordered_ ? next_index_ - next_emitted_ : in_flight_; }

bool RunJob::window_open() const noexcept {
  if (all_at_once_) return true;
  if (outstanding() >= window_tasks_) return false;
  const double expected =
      static_cast<double>(tasks_.bytes() + outcomes_.bytes()) + mean_result_bytes_ * static_cast<double>(in_flight_);
  return expected < static_cast<double>(window_bytes_) || in_flight_ < options_.workers;
}

bool RunJob::may_have_chunk() {
  if (lone_task_runs() || makes_room_for_lone_task()) return false;
  if (more_recorded_ && !retries_.due()) return true;
  if (!retries_.due() && (exhausted() || waiting_for_input_ || !window_open())) return false;
  if (!admission_.holds_back()) return true;
  return in_flight_ < options_.workers && admission_.may_be_open(Clock::now());
}

std::optional<RunJob::Clock::time_point> RunJob::next_start() const {
  if (chunks_in_flight() >= most_chunks_ || makes_room_for_lone_task()) return std::nullopt;  // no matter of time
  const auto next = retries_.next();
  if (!admission_.holds_back()) return next;
  if (in_flight_ >= options_.workers) return std::nullopt;
  const auto opens = admission_.opens_at(Clock::now());
  return opens && (retries_.due() || !exhausted()) ? opens : next;
}

void RunJob::limit_chunks(std::uint32_t most) noexcept {
  chunk_limit_ = most;
  if (!lone_task_) most_chunks_ = most;
}

std::optional<std::uint64_t> RunJob::lone_task() const {
  if (lone_task_runs()) return lone_task_;
  return makes_room_for_lone_task() ? std::optional(retries_.first().index) : std::nullopt;
}

bool RunJob::lone_task_has_ended() noexcept {
  if (!lone_task_ || in_flight_ != 0) return false;
  lone_task_.reset();
  most_chunks_ = chunk_limit_;
  return chunks_in_flight() < most_chunks_;
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
  if (retry.alone) {
    lone_task_ = retry.index;
    most_chunks_ = 0;
  }
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
  input_ended_ = true;
  waiting_for_input_ = false;
  while (next_index_ < gathered_ && range_left_ == 0) {
    ++in_flight_;
    skip(next_index_++);
  }
  skipped_of_range_ += range_left_;
  gathered_ -= range_left_;
  range_left_ = 0;
  while (!retries_.empty()) {
    ++in_flight_;
    skip(retries_.take().index);
  }
}

// A task that will not be run: nothing is told of it.
void RunJob::skip(std::uint64_t index) {
  --in_flight_;
  if (all_at_once_ || ordered_) {
    hold(index, {}, WaitingOutcomes::not_run, {});
    if (!all_at_once_) emit_ready();
  } else {
    forget_task(index);
  }
}

void RunJob::note_outcome(bool failed) {
  ++(failed ? failed_ : succeeded_);
  if (halted_ || options_.halt.when == HaltPolicy::When::never) return;
  const auto remaining = source_->remaining();
  const std::uint64_t total = remaining ? gathered_ + *remaining : input_ended_ ? gathered_ : 0;
  halted_ = options_.halt.reached(succeeded_, failed_, total);
}

bool RunJob::next_chunk(detail::ChunkSpec& chunk) {
  if (!below_limit()) return false;
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
  if (exhausted() || !window_open() || !ready_to_cut()) return nullptr;
  if (range_left_ == 0 && gathered_ == next_index_ && !read_task()) return nullptr;
  return range_left_ != 0 ? tasks_.last_range().function : tasks_.at(next_index_).function;
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
  if (exhausted() || !window_open() || !ready_to_cut()) return false;
  std::uint64_t limit = admission_.holds_back() ? 1 : chunksize();
  if (!all_at_once_) limit = std::min<std::uint64_t>(limit, window_tasks_ - outstanding());
  if (journal_ != nullptr) limit = std::min(limit, journal_->next_recorded(next_index_) - next_index_);
  for (;;) {
    if (range_left_ != 0) return take_range_chunk(chunk, limit);
    if (gathered_ == next_index_ && !read_task()) return false;
    if (range_left_ != 0) continue;
    if (!tasks_.at(next_index_).defective()) return take_task_chunk(chunk, limit);
    fail_defective();
    if (!window_open()) return false;
  }
}

// What is recorded of the tasks that come next is told, or waits for its turn. False where there is nothing to be handed out
// behind it for now.
bool RunJob::pass_recorded() {
  more_recorded_ = false;
  for (int passed = 0; journal_->next_recorded(next_index_) != TaskJournal::none; ++passed) {
    if (exhausted() || !window_open() || !ready_to_cut()) return false;
    if (gathered_ == next_index_ && !read_task()) return false;
    if (journal_->next_recorded(next_index_) != next_index_) return true;
    more_recorded_ = passed == most_recorded_at_once;
    if (more_recorded_) return false;
    tell_recorded();
  }
  return true;
}

// It does not count where the run is to be halted after so many failures: those of an earlier run have done so already.
void RunJob::tell_recorded() {
  const RecordedOutcome recorded = journal_->take_recorded(next_index_, tasks_.function_of(next_index_));
  if (range_left_ != 0) --range_left_;
  const std::uint64_t index = next_index_++;
  if (emits_now(index)) {
    emit(index, recorded.value, recorded.failure ? &*recorded.failure : nullptr, recorded.info);
    emit_ready();
  } else if (!recorded.failure) {
    hold(index, recorded.value, WaitingOutcomes::value, recorded.info);
  } else {
    scratch_.clear();
    wire::encode_failure(*recorded.failure, scratch_);
    hold(index, scratch_, WaitingOutcomes::failure, recorded.info);
  }
}

// The next task cannot be passed on exactly: it fails without a call.
void RunJob::fail_defective() {
  Failure failure;
  failure.kind = FailureKind::bad_arguments;
  failure.type = "prun::ArgumentError";
  failure.message = tasks_.take_defect(next_index_);
  ++in_flight_;
  on_failure(next_index_++, std::move(failure), {});
}

// Python's map cuts its input into chunks by its length: where that is unknown, all of it is read first.
bool RunJob::ready_to_cut() {
  if (!all_at_once_ || options_.chunksize || options_.guided_chunks || map_chunksize_) return true;
  if (const auto remaining = source_->remaining()) {
    map_chunksize_ = default_chunksize(*remaining, options_.workers);
    return true;
  }
  while (read_task()) {
  }
  if (!input_ended_) return false;
  map_chunksize_ = default_chunksize(gathered_ - next_index_ + range_left_, options_.workers);
  return true;
}

std::uint64_t RunJob::chunksize() {
  if (options_.guided_chunks) {
    const auto remaining = source_->remaining();
    return guided_.next(remaining ? *remaining + range_left_ : std::numeric_limits<std::uint64_t>::max());
  }
  const std::uint64_t size = options_.chunksize.value_or(all_at_once_ ? map_chunksize_.value_or(1) : 1);
  return std::min(size, largest_chunk);
}

/// Takes one task, or a whole range of them, from the source. False where there is none now (or no more).
bool RunJob::read_task() {
  while (!input_ended_) {
    if (gathered_ == next_index_ && read_range()) return range_left_ != 0;
    switch (source_->next(task_)) {
      case Pull::task:
        if (journal_ != nullptr && refused(journal_->on_task(gathered_, task_))) return false;
        tasks_.add(gathered_, task_);
        ++gathered_;
        return true;
      case Pull::blocked: waiting_for_input_ = true; return false;
      case Pull::end: end_input(); return false;
      case Pull::bad: note_bad_input(); break;
    }
  }
  return false;
}

bool RunJob::read_range() {
  const auto tasks = source_->next_range(std::numeric_limits<std::uint64_t>::max());
  if (!tasks) return false;
  if (journal_ != nullptr && refused(journal_->on_range(gathered_, *tasks->function, tasks->range))) return true;
  tasks_.add_range(gathered_, *tasks);
  range_left_ = tasks->range.count;
  gathered_ += range_left_;
  return true;
}

void RunJob::end_input() {
  input_ended_ = true;
  if (journal_ != nullptr) static_cast<void>(refused(journal_->on_input_end(gathered_)));
  if (all_at_once_ && finished()) emit_ready();
}

// The journal is of other tasks: this one, and what follows it, is not run.
bool RunJob::refused(const TaskJournal::Problem& problem) {
  if (!problem) return false;
  ++counts_.bad_inputs;
  on_bad_input_({*problem});
  input_ended_ = true;
  return true;
}

void RunJob::note_bad_input() {
  ++counts_.bad_inputs;
  on_bad_input_(source_->error());
  if (!options_.skip_bad) input_ended_ = true;
}

bool RunJob::take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const NumberedTasks::Segment& segment = tasks_.last_range();
  const std::uint64_t count = std::min(limit, range_left_);
  const std::uint64_t first = segment.range.count - range_left_;
  chunk.entry = entry_of(*segment.function);
  chunk.first_index = next_index_;
  chunk.count = static_cast<std::uint32_t>(count);
  chunk.is_range = true;
  chunk.start = segment.range[first];
  chunk.step = segment.range.step;
  append_function(chunk.payload, *segment.function, *registry_);
  range_left_ -= count;
  next_index_ += count;
  in_flight_ += count;
  return true;
}

bool RunJob::take_task_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const Function* function = tasks_.at(next_index_).function;
  chunk.entry = entry_of(*function);
  chunk.first_index = next_index_;
  chunk.count = 0;
  append_function(chunk.payload, *function, *registry_);
  while (chunk.count < limit) {
    if (next_index_ == gathered_ && (!read_task() || range_left_ != 0)) break;
    const NumberedTasks::TaskBytes& task = tasks_.at(next_index_);
    if (task.function != function || task.defective()) break;
    append_item(chunk.payload, *function, task.args.view(), task.kwargs.view());
    ++chunk.count;
    ++next_index_;
  }
  in_flight_ += chunk.count;
  return true;
}

bool RunJob::emits_now(std::uint64_t index) const noexcept {
  return !all_at_once_ && (!ordered_ || index == next_emitted_);
}

void RunJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  --in_flight_;
  if (closed_) return;
  note_outcome(false);
  if (journal_ != nullptr) journal_->on_value(index, tasks_.function_of(index), value, info);
  mean_result_bytes_ += (static_cast<double>(value.size()) - mean_result_bytes_) / 16;
  if (options_.guided_chunks) guided_.measured(std::chrono::nanoseconds(info.duration_ns));
  note_end(index, info);
  if (!emits_now(index)) {
    hold(index, value, WaitingOutcomes::value, info);
    return;
  }
  emit(index, value, nullptr, info);
  emit_ready();
}

void RunJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  if (closed_) {
    --in_flight_;
    return;
  }
  if (failure.kind == FailureKind::cancelled && input_ended_ && halted_) return skip(index);
  --in_flight_;
  note_end(index, info);
  tell_want_of_memory(failure);
  const bool again = !halted_ && options_.retry.again(failure.kind, info.attempt);
  if (journal_ != nullptr) journal_->on_failure(index, tasks_.function_of(index), failure, info, !again);
  if (again) {
    const auto pause = options_.retry.pause_before(info.attempt + 1, index);
    const bool alone = failure.kind == FailureKind::out_of_memory;
    retries_.add(Clock::now() + pause, {index, info.attempt + 1, alone});
    return;
  }
  note_outcome(true);
  if (emits_now(index)) {
    emit(index, {}, &failure, info);
    emit_ready();
    return;
  }
  scratch_.clear();
  wire::encode_failure(failure, scratch_);
  hold(index, scratch_, WaitingOutcomes::failure, info);
}

void RunJob::hold(std::uint64_t index, std::string_view bytes, WaitingOutcomes::What what,
                  const detail::AttemptInfo& info) {
  outcomes_.hold(index, bytes, what, info);
  if (all_at_once_ && finished()) emit_ready();
}

void RunJob::emit_ready() {
  if (!ordered_) return;
  while (outcomes_.has(next_emitted_)) emit_held(next_emitted_);
}

void RunJob::emit_held(std::uint64_t index) {
  const WaitingOutcomes::Outcome outcome = outcomes_.take(index);
  if (outcome.what() == WaitingOutcomes::not_run) {
    forget_task(index);
  } else if (outcome.what() == WaitingOutcomes::value) {
    emit(index, outcome.bytes.view(), nullptr, outcome.info);
  } else {
    const Failure failure = wire::decode_failure(outcome.bytes.view());
    emit(index, {}, &failure, outcome.info);
  }
}

void RunJob::tell_done() {
  while (ordered_ && next_emitted_ < next_index_) {
    if (outcomes_.has(next_emitted_)) {
      emit_held(next_emitted_);
    } else {
      forget_task(next_emitted_);
    }
  }
}

void RunJob::emit(std::uint64_t index, std::string_view value, const Failure* failure,
                  const detail::AttemptInfo& info) {
  ++(failure == nullptr ? counts_.succeeded : counts_.failed);
  TaskEvent event;
  event.index = index;
  event.value = value;
  event.failure = failure;
  event.worker = info.worker;
  event.attempt = info.attempt;
  if (options_.measure) {
    event.started = to_system_time(info.started_ns);
    event.duration = std::chrono::nanoseconds(info.duration_ns);
    event.usage = info.usage;
  }
  const Function& function = tasks_.describe(index, event);
  event.command = function.is_command();
  if (event.command && event.usage) {
    const auto used = command::usage_of(failure != nullptr ? std::string_view(failure->detail) : value);
    if (used) event.usage = used;  // not what its worker used
  }
  std::string call;
  if (failure != nullptr) event.call = call = function.call_text(event.args, event.kwargs);
  listener_->on_task(event);
  forget_task(index);
}

std::string RunJob::call_of(std::uint64_t index) {
  TaskEvent event;
  const std::string call = tasks_.describe(index, event).call_text(event.args, event.kwargs);
  event.call = call;
  std::string text;
  append_short_call(text, event);
  return text;
}

void RunJob::forget_task(std::uint64_t index) {
  tasks_.forget(index, next_index_);
  if (!ordered_) return;
  ++next_emitted_;
  outcomes_.pop_front();
}

}  // namespace prun
