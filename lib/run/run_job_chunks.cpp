// One half of RunJob: decides which tasks to hand out next, how many at a time, and the reason if it hands out none. The other half
// receives their outcomes.
#include "cluster/nodes.hpp"
#include "order/task_costs.hpp"
#include "run/function_entry.hpp"
#include "run/run_job.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

namespace prun {
namespace {

// Number of recorded outcomes to pass on, and of tasks to arrange, before signals, outputs and workers are checked again.
constexpr int most_recorded_at_once = 1000;
constexpr std::uint64_t most_read_at_once = std::uint64_t{1} << 20U;  // of tasks that are read one by one, for a chunk
constexpr int most_arranged_at_once = 100'000;

}  // namespace

// A chunk that waits in the ring would begin before prun has seen the outcome that halts the run. Calls that are much shorter than
// the way there and back may overtake it.
bool RunJob::next_outcome_may_halt() const {
  if (options_.halt.when == HaltPolicy::When::never || chunks_in_flight() < options_.workers) return false;
  const std::uint64_t ended = succeeded_ + failed_;
  constexpr std::chrono::microseconds short_call{200};
  return commands_seen_ || (Clock::now() - began_) * options_.workers > short_call * ended;
}

bool RunJob::may_have_chunk() {
  if (!start_limit_.allows(in_flight_)) return false;
  if (next_outcome_may_halt()) return false;
  if (lone_task_runs() || makes_room_for_lone_task()) return false;
  if (goes_on_ && !retries_.due()) return true;
  if (!retries_.due() && (exhausted() || intake_.waiting() || !window_open())) return false;
  if (!retries_.due() && enough_in_flight() && !next_is_recorded()) return false;
  if (!admission_.holds_back()) return true;
  if (!retries_.due() && !reorders()) {
    // Reads one task ahead, so that a run does not wait for a start that no task needs.
    if (!has_next()) return false;
    if (next_is_recorded()) return true;
  }
  return in_flight_ < options_.workers && admission_.may_be_open(Clock::now());
}

std::optional<RunJob::Clock::time_point> RunJob::next_start() const {
  const auto next = next_delayed_start();
  if (!fitting_ || last_started_ == nullptr || halted_) return next;
  const auto last = fitting_->last_start(*last_started_);  // then look_at_deadline halts the job
  return next && *next < last ? next : last;
}

std::optional<RunJob::Clock::time_point> RunJob::next_delayed_start() const {
  if (!limit_.allows_beside(chunks_in_flight()) || makes_room_for_lone_task() || in_flight_ >= start_limit_.most() ||
      next_outcome_may_halt())
    return std::nullopt;  // independent of time
  auto next = retries_.next();
  if (next) next = std::max(*next, start_limit_.next_try());
  if (!admission_.holds_back()) return next;
  if (in_flight_ >= options_.workers) return std::nullopt;
  const auto opens = admission_.opens_at(Clock::now());
  return opens && (retries_.due() || !exhausted()) ? opens : next;
}

bool RunJob::below_limit() noexcept {
  if (in_flight_ == 0) limit_.all_ended();
  return limit_.allows_beside(chunks_in_flight());
}

bool RunJob::take_retry(detail::ChunkSpec& chunk) {
  const RetryQueue::Retry retry = retries_.take();
  if (retry.alone) limit_.run_alone(retry.index);
  return hand_out_alone(chunk, retry.index, retry.attempt);
}

bool RunJob::take_start(detail::ChunkSpec& chunk) {
  if (starts_.empty() || !takes_more()) return false;
  return hand_out_alone(chunk, starts_.take(), 1);
}

/// A chunk of one task, which was read some time ago.
bool RunJob::hand_out_alone(detail::ChunkSpec& chunk, std::uint64_t index, std::uint32_t attempt) {
  const Function& function = tasks_.function_of(index);
  commands_seen_ = commands_seen_ || function.is_command();
  chunk.stoppable = function.is_stoppable();
  chunk.first_index = index;
  chunk.count = 1;
  chunk.attempt = attempt;
  chunk.entry = entry_of(function);
  append_function(chunk.payload, function, *registry_);
  if (const auto* task = tasks_.bytes_of(index)) {
    append_item(chunk.payload, function, task->args.view(), task->kwargs.view());
  } else {
    const auto& segment = *tasks_.segment_of(index);
    chunk.is_range = true;
    chunk.start = segment.range[index - segment.first_index];
    chunk.step = segment.range.step;
  }
  ++in_flight_;
  return true;
}

bool RunJob::next_chunk(detail::ChunkSpec& chunk) {
  if (!below_limit() || !start_limit_.allows(in_flight_) || next_outcome_may_halt()) return false;
  if (makes_room_for_lone_task()) return false;
  if ((reorders() || recorded_ != nullptr) && !retries_.due() && !(reorders() ? arrange_starts() : pass_recorded()))
    return false;
  if (admission_.holds_back() && !admitted()) return false;
  if (fitting_ && !fits()) return false;
  timed = always_timed_ || events_->wanted(Wants::times);
  if (!hand_out(chunk, std::nullopt)) return false;
  if (admission_.holds_back()) note_start(chunk);
  if (events_->wanted<ChunkStarted>()) events_->tell(ChunkStarted{chunk.first_index, chunk.count, chunk.attempt});
  return true;
}

bool RunJob::next_chunk_for_node(detail::ChunkSpec& chunk, std::uint64_t most) {
  if (in_flight_ == 0) limit_.all_ended();
  if (lone_task_runs() || !start_limit_.allows(in_flight_)) return false;
  if (retries_.due() && retries_.first().alone) return false;  // its memory is looked after on this machine
  if (!retries_.due() && !(reorders() ? arrange_starts() : recorded_ == nullptr || pass_recorded())) return false;
  if (fitting_ && !fits()) return false;
  if (!hand_out(chunk, most)) return false;
  if (events_->wanted<ChunkStarted>()) events_->tell(ChunkStarted{chunk.first_index, chunk.count, chunk.attempt});
  return true;
}

/// @param most tasks for a node, which cuts chunks for its workers itself; absent: a chunk for a worker of this machine
bool RunJob::hand_out(detail::ChunkSpec& chunk, std::optional<std::uint64_t> most) {
  if (retries_.due()) return take_retry(chunk);
  if (reorders()) return take_start(chunk);
  if (intake_.exhausted() || !takes_more() || !ready_to_cut()) return false;
  return cut_chunk(chunk, most ? *most : admission_.holds_back() ? 1 : chunksize());
}

bool RunJob::next_is_recorded() const {
  return recorded_ != nullptr && recorded_->next_recorded(intake_.next()) == intake_.next();
}

/// The function of the next task, which is read if necessary; null: there is none now.
const Function* RunJob::next_function() {
  if (retries_.due()) return &tasks_.function_of(retries_.first().index);
  if (reorders()) return starts_.empty() || !takes_more() ? nullptr : &tasks_.function_of(starts_.next());
  if (intake_.exhausted() || !takes_more() || !ready_to_cut() || !has_next()) return nullptr;
  return intake_.next_is_of_range() ? tasks_.last_range().function : tasks_.at(intake_.next()).function;
}

/// The next task would finish before the deadline.
bool RunJob::fits() {
  const Function* const function = next_function();
  if (function == nullptr) return !halted_;
  last_started_ = function;
  if (fitting_->fits(*function, Clock::now())) return true;
  late_ = halted_ = true;
  return false;
}

void RunJob::look_at_deadline() {
  if (!fitting_ || last_started_ == nullptr || halted_ || fitting_->fits(*last_started_, Clock::now())) return;
  late_ = halted_ = true;
}

bool RunJob::admitted() {
  const auto now = Clock::now();
  if (in_flight_ >= options_.workers) return false;
  const Function* const function = next_function();
  if (function == nullptr || !admission_.open(now)) return false;
  if (!options_.admission.by_memory || in_flight_ == 0 || !look_at_memory_) return true;
  if (memory_.admits(*function, look_at_memory_())) return true;
  admission_.look_later(now, HeldBack::Reason::memory);
  return false;
}

void RunJob::note_start(const detail::ChunkSpec& chunk) {
  admission_.started(Clock::now());
  if (options_.admission.by_memory) memory_.started(chunk.first_index, tasks_.function_of(chunk.first_index));
}

bool RunJob::cut_chunk(detail::ChunkSpec& chunk, std::uint64_t most) {
  std::uint64_t limit = std::min(most, largest_chunk);
  if (fitting_ && last_started_ != nullptr) limit = std::min(limit, fitting_->most(*last_started_, Clock::now()));
  if (!order_.all_at_once()) limit = std::min<std::uint64_t>(limit, window_tasks_ - outstanding());
  if (recorded_ != nullptr) limit = std::min(limit, recorded_->next_recorded(intake_.next()) - intake_.next());
  while (has_next()) {
    if (intake_.next_is_of_range()) return take_range_chunk(chunk, limit);
    if (!tasks_.at(intake_.next()).defective()) return take_task_chunk(chunk, limit);
    fail_defective();
    if (!takes_more()) return false;
  }
  return false;
}

// Reads the whole input and decides in which order its tasks start. Returns false until that is done.
bool RunJob::arrange_starts() {
  if (arranged_) return true;
  goes_on_ = false;
  for (int added = 0; has_next(); ++added) {
    goes_on_ = added == most_arranged_at_once;
    if (goes_on_) return false;
    add_start();
  }
  if (!intake_.ended()) return false;
  starts_.arrange(options_.order, options_.seed);
  arranged_ = true;
  return true;
}

/// Passes the next task on to `starts_`, unless its outcome is known already.
void RunJob::add_start() {
  const std::uint64_t index = intake_.next();
  if (recorded_ != nullptr && recorded_->next_recorded(index) == index) return tell_recorded();
  if (!intake_.next_is_of_range() && tasks_.at(index).defective()) return fail_defective();
  order::TaskCosts::Cost cost;
  if (options_.costs != nullptr) {
    auto known = options_.costs->cost_of(tasks_.copy(index));
    if (!known) {
      intake_.refuse("the cost of task " + std::to_string(index) + " cannot be computed: " + known.error());
      return take_no_more();
    }
    cost = *known;
  }
  starts_.add(index, cost);
  intake_.hand_out(1);
}

// Reports the recorded outcomes of the next tasks, or lets them wait for their turn. Returns false if there is nothing to
// hand out after them for now.
bool RunJob::pass_recorded() {
  goes_on_ = false;
  for (int passed = 0; recorded_->next_recorded(intake_.next()) != RecordedRun::none; ++passed) {
    if (intake_.exhausted() || !window_open() || !ready_to_cut() || !has_next()) return false;
    if (recorded_->next_recorded(intake_.next()) != intake_.next()) return true;
    goes_on_ = passed == most_recorded_at_once;
    if (goes_on_) return false;
    tell_recorded();
  }
  return true;
}

// Recorded failures do not count for the halt policy, because they have counted in their own run.
void RunJob::tell_recorded() {
  const std::uint64_t index = intake_.next();
  RecordedOutcome recorded = recorded_->take_recorded(index, tasks_.function_of(index));
  if (options_.nodes != nullptr) recorded.info.host = options_.nodes->number_of(recorded.host);
  intake_.hand_out(1);
  ++recalled_;
  if (recorded.failure) ++recalled_failures_;
  events_->tell(OutcomeRecalled{index, recorded.failure ? &*recorded.failure : nullptr, recorded.info});
  if (recorded.failure) {
    order_.failure(index, *recorded.failure, recorded.info);
  } else {
    order_.value(index, recorded.value, recorded.info);
  }
  tell_all_at_once();
}

// The next task cannot be passed on exactly, so it fails without a call.
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

// Python's map derives the chunk size from the length of its input. If it is unknown, all input is read first.
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
  if (adaptive) {
    const std::uint64_t read = intake_.gathered() - intake_.next();
    const auto unread = intake_.ended() ? std::optional<std::uint64_t>(0) : intake_.unread();
    // If the length of the input is unknown, as many more tasks are expected as have been read.
    return adaptive->next(read + unread.value_or(intake_.gathered()));
  }
  const std::uint64_t size = options_.chunksize.value_or(order_.all_at_once() ? map_chunksize_.value_or(1) : 1);
  return std::min(size, largest_chunk);
}

// A command costs far more than a chunk, and commands in one chunk would wait for each other.
std::uint64_t RunJob::most_calls_of(const Function& function) const noexcept {
  const bool chunked = options_.chunksize || options_.guided_chunks;
  return function.is_command() && !chunked ? 1 : largest_chunk;
}

bool RunJob::take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit) {
  const NumberedTasks::Segment& segment = tasks_.last_range();
  const std::uint64_t count = std::min({limit, intake_.range_left(), most_calls_of(*segment.function)});
  const std::uint64_t first = segment.range.count - intake_.range_left();
  chunk.stoppable = segment.function->is_stoppable();
  commands_seen_ = commands_seen_ || segment.function->is_command();
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
  commands_seen_ = commands_seen_ || function->is_command();
  chunk.entry = entry_of(*function);
  chunk.first_index = intake_.next();
  chunk.count = 0;
  append_function(chunk.payload, *function, *registry_);
  limit = std::min({limit, most_calls_of(*function), most_read_at_once});
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

HeldBack RunJob::held_back() const {
  using Reason = HeldBack::Reason;
  if (exhausted() && retries_.empty()) return {Reason::nothing};  // even if something else is scarce too
  if (!start_limit_.allows(in_flight_)) return {Reason::system};
  if (lone_task_runs() || makes_room_for_lone_task()) return {Reason::memory, lone_task()};
  if (!retries_.due()) {
    if (exhausted()) return {Reason::retry};
    if (intake_.waiting()) return {Reason::input};
    if (!window_open()) return reader_is_slow() ? HeldBack{Reason::reader} : HeldBack{Reason::order, next_told()};
    if (enough_in_flight()) return {Reason::nothing};
  }
  const Reason admission = admission_.reason(Clock::now());
  if (admission != Reason::nothing) return {admission};
  // This reason comes last: the run returns tokens that no task needs, so tokens are always scarce when something else delays the run.
  return {limit_.allows_beside(chunks_in_flight()) ? Reason::nothing : Reason::jobserver};
}

}  // namespace prun
