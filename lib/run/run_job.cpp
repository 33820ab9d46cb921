#include "run/run_job.hpp"

#include "output/value_text.hpp"
#include "run/function_entry.hpp"
#include "wire/failure.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t default_window_tasks = 4096;
constexpr std::size_t default_window_bytes = std::size_t{8} << 20;

std::chrono::system_clock::time_point to_system_time(std::int64_t monotonic_ns) {
  if (monotonic_ns == 0) return {};
  using namespace std::chrono;
  const auto ago = steady_clock::now().time_since_epoch() - nanoseconds(monotonic_ns);  // both are CLOCK_MONOTONIC
  return system_clock::now() - duration_cast<system_clock::duration>(ago);
}

}  // namespace

RunJob::RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
               OnBadInput on_bad_input)
    : options_(options),
      registry_(&registry),
      source_(&source),
      listener_(&listener),
      on_bad_input_(std::move(on_bad_input)),
      all_at_once_(options.mode == Mode::map || options.mode == Mode::starmap),
      ordered_(options.mode != Mode::imap_unordered),
      window_tasks_(options.window_tasks),
      window_bytes_(options.window_bytes != 0 ? options.window_bytes : default_window_bytes),
      guided_(options.workers),
      admission_(options.admission),
      keeps_infos_(options.measure || options.retry.retries != 0) {
  if (window_tasks_ == 0) {
    const std::uint64_t chunk = std::min<std::uint64_t>(options.chunksize.value_or(1), largest_chunk);
    window_tasks_ = std::max<std::size_t>(default_window_tasks, chunk * options.workers * 4);
  }
  timed = options.measure || options.guided_chunks;
  measured = options.measure && options.measure_usage && !options.threads;
}

std::uint64_t RunJob::outstanding() const noexcept { return ordered_ ? next_index_ - next_emitted_ : in_flight_; }

bool RunJob::window_open() const noexcept {
  if (all_at_once_) return true;
  if (outstanding() >= window_tasks_) return false;
  const double expected = static_cast<double>(held_bytes_) + mean_result_bytes_ * static_cast<double>(in_flight_);
  return expected < static_cast<double>(window_bytes_) || in_flight_ < options_.workers;
}

bool RunJob::wants_queueing() {
  if (retry_due()) return true;
  if (exhausted() || waiting_for_input_ || !window_open()) return false;
  if (!admission_.holds_back()) return true;
  return in_flight_ < options_.workers && admission_.open(Clock::now());
}

std::optional<RunJob::Clock::time_point> RunJob::next_start() const {
  std::optional<Clock::time_point> next;
  if (!retries_.empty()) next = retries_.begin()->first;
  const bool held_back = admission_.holds_back() && !exhausted() && in_flight_ < options_.workers;
  if (held_back && (!next || admission_.next_look() < *next)) next = admission_.next_look();
  return next;
}

bool RunJob::take_retry(detail::ChunkSpec& chunk) {
  const Retry retry = retries_.begin()->second;
  retries_.erase(retries_.begin());
  chunk.first_index = retry.index;
  chunk.count = 1;
  chunk.attempt = retry.attempt;
  if (const TaskBytes* task = bytes_of(retry.index)) {
    chunk.entry = entry_of(*task->function);
    append_function(chunk.payload, *task->function, *registry_);
    append_item(chunk.payload, *task->function, task->args.view(), task->kwargs.view());
  } else {
    const Segment& segment = *segment_of(retry.index);
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
  for (const auto& [due, retry] : std::exchange(retries_, {})) {
    ++in_flight_;
    skip(retry.index);
  }
}

// A task that will not be run: nothing is told of it.
void RunJob::skip(std::uint64_t index) {
  --in_flight_;
  if (all_at_once_ || ordered_) {
    hold(index, {}, not_run, {});
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
  if (retry_due()) return take_retry(chunk);
  if (!exhausted() && admission_.holds_back()) {
    const auto now = Clock::now();
    if (in_flight_ >= options_.workers || !admission_.open(now)) return false;
    admission_.started(now);
  }
  if (exhausted() || !window_open() || !ready_to_cut()) return false;
  std::uint64_t limit = admission_.holds_back() ? 1 : chunksize();
  if (!all_at_once_) limit = std::min<std::uint64_t>(limit, window_tasks_ - outstanding());
  for (;;) {
    if (range_left_ != 0) return take_range_chunk(chunk, limit);
    if (gathered_ == next_index_ && !read_task()) return false;
    if (range_left_ != 0) continue;
    if (tasks_.at(next_index_).args.tag() == sound) return take_task_chunk(chunk, limit);
    fail_defective();
    if (!window_open()) return false;
  }
}

// The next task cannot be passed on exactly: it fails without a call.
void RunJob::fail_defective() {
  const auto defect = defects_.extract(next_index_);
  Failure failure;
  failure.kind = FailureKind::bad_arguments;
  failure.type = "prun::ArgumentError";
  failure.message = defect.mapped();
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
    if (gathered_ == next_index_) {
      if (const auto tasks = source_->next_range(std::numeric_limits<std::uint64_t>::max())) {
        segments_.push_back({gathered_, tasks->function, tasks->range});
        range_left_ = tasks->range.count;
        gathered_ += range_left_;
        return range_left_ != 0;
      }
    }
    switch (source_->next(task_)) {
      case Pull::task:
        if (!ordered_) step_over_gap();
        tasks_.extend_to(gathered_) = {task_.function, BytesCell(task_.args, task_.defect.empty() ? sound : defective),
                                       BytesCell(task_.kwargs), BytesCell(task_.id)};
        held_bytes_ += task_.args.size() + task_.kwargs.size();
        if (!task_.defect.empty()) defects_.emplace(gathered_, task_.defect);
        ++gathered_;
        return true;
      case Pull::blocked: waiting_for_input_ = true; return false;
      case Pull::end: input_ended_ = true; return false;
      case Pull::bad: note_bad_input(); break;
    }
  }
  return false;
}

// Elements of a range have no bytes, and none of the window's places should be held for them.
void RunJob::step_over_gap() {
  if (gathered_ - tasks_.begin() <= 4 * window_tasks_) return;
  for (std::uint64_t i = tasks_.begin(); tasks_.has(i); ++i) {
    if (tasks_.at(i).function != nullptr) stragglers_.emplace(i, std::exchange(tasks_.at(i), {}));
  }
  tasks_.begin_at(gathered_);
}

void RunJob::note_bad_input() {
  ++counts_.bad_inputs;
  on_bad_input_(source_->error());
  if (!options_.skip_bad) input_ended_ = true;
}

bool RunJob::take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const Segment& segment = segments_.back();
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
    const TaskBytes& task = tasks_.at(next_index_);
    if (task.function != function || task.args.tag() != sound) break;
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
  mean_result_bytes_ += (static_cast<double>(value.size()) - mean_result_bytes_) / 16;
  if (options_.guided_chunks) guided_.measured(std::chrono::nanoseconds(info.duration_ns));
  if (!emits_now(index)) {
    hold(index, value, value_waits, info);
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
  if (!halted_ && options_.retry.again(failure.kind, info.attempt)) {
    const auto pause = options_.retry.pause_before(info.attempt + 1, index);
    retries_.emplace(Clock::now() + pause, Retry{index, info.attempt + 1});
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
  hold(index, scratch_, failure_waits, info);
}

void RunJob::hold(std::uint64_t index, std::string_view bytes, Waiting what, const detail::AttemptInfo& info) {
  outcomes_.extend_to(index) = BytesCell(bytes, what);
  held_bytes_ += bytes.size();
  if (keeps_infos_) infos_.extend_to(index) = info;
  if (all_at_once_ && finished()) emit_ready();
}

void RunJob::emit_ready() {
  if (!ordered_) return;
  while (outcomes_.has(next_emitted_) && outcomes_.at(next_emitted_).tag() != nothing) emit_held(next_emitted_);
}

void RunJob::emit_held(std::uint64_t index) {
  const BytesCell cell = std::move(outcomes_.at(index));
  outcomes_.at(index) = BytesCell();
  held_bytes_ -= cell.size();
  const detail::AttemptInfo info = keeps_infos_ && infos_.has(index) ? infos_.at(index) : detail::AttemptInfo{};
  if (cell.tag() == not_run) {
    forget_task(index);
  } else if (cell.tag() == value_waits) {
    emit(index, cell.view(), nullptr, info);
  } else {
    const Failure failure = wire::decode_failure(cell.view());
    emit(index, {}, &failure, info);
  }
}

void RunJob::close() {
  input_ended_ = true;
  while (ordered_ && next_emitted_ < next_index_) {
    if (outcomes_.has(next_emitted_) && outcomes_.at(next_emitted_).tag() != nothing) {
      emit_held(next_emitted_);
    } else {
      forget_task(next_emitted_);
    }
  }
  closed_ = true;
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
  const Function& function = describe_task(index, event);
  event.command = function.is_command();
  std::string call;
  if (failure != nullptr) event.call = call = function.call_text(event.args, event.kwargs);
  listener_->on_task(event);
  forget_task(index);
}

const Function& RunJob::describe_task(std::uint64_t index, TaskEvent& event) {
  if (const TaskBytes* task = bytes_of(index)) {
    event.function = task->function->name();
    event.args = task->args.view();
    event.kwargs = task->kwargs.view();
    event.id = task->id.view();
    return *task->function;
  }
  const Segment* segment = segment_of(index);
  scratch_.clear();
  wire::ValueWriter writer(scratch_);
  writer.array(1);
  writer.integer(segment->range[index - segment->first_index]);
  event.function = segment->function->name();
  event.args = scratch_;
  return *segment->function;
}

const RunJob::Segment* RunJob::segment_of(std::uint64_t index) const noexcept {
  // The last one that begins at or before the index; they lie in order.
  const auto behind = std::upper_bound(segments_.begin(), segments_.end(), index,
                                       [](std::uint64_t i, const Segment& segment) { return i < segment.first_index; });
  if (behind == segments_.begin()) return nullptr;
  const Segment& segment = *std::prev(behind);
  return index - segment.first_index < segment.range.count ? &segment : nullptr;
}

RunJob::TaskBytes* RunJob::bytes_of(std::uint64_t index) {
  if (tasks_.has(index)) {
    TaskBytes& task = tasks_.at(index);
    return task.function != nullptr ? &task : nullptr;
  }
  const auto found = stragglers_.find(index);
  return found != stragglers_.end() ? &found->second : nullptr;
}

std::string RunJob::call_of(std::uint64_t index) {
  TaskEvent event;
  const std::string call = describe_task(index, event).call_text(event.args, event.kwargs);
  event.call = call;
  std::string text;
  append_short_call(text, event);
  return text;
}

void RunJob::forget_task(std::uint64_t index) {
  if (TaskBytes* task = bytes_of(index)) held_bytes_ -= task->args.size() + task->kwargs.size();
  if (ordered_) {
    ++next_emitted_;
    tasks_.pop_front();
    outcomes_.pop_front();
    if (keeps_infos_) infos_.pop_front();
  } else if (tasks_.has(index)) {
    tasks_.at(index) = {};
    while (tasks_.begin() < next_index_ && tasks_.at(tasks_.begin()).function == nullptr) tasks_.pop_front();
    while (next_index_ - tasks_.begin() > 4 * window_tasks_) {
      TaskBytes& oldest = tasks_.at(tasks_.begin());
      if (oldest.function != nullptr) stragglers_.emplace(tasks_.begin(), std::move(oldest));
      tasks_.pop_front();
    }
  } else {
    stragglers_.erase(index);
  }
  while (segments_.size() > 1 && ordered_ && index >= segments_.front().first_index + segments_.front().range.count) {
    segments_.pop_front();
  }
}

}  // namespace prun
