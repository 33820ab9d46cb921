// See history_recorder.hpp.
#include "history/history_recorder.hpp"

#include "command/command_result.hpp"
#include "event/describe.hpp"
#include "event/signal_name.hpp"
#include "function/function.hpp"
#include "sys/process_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace prun::history {
namespace {

std::string ending_of(const RunEnded& end) {
  switch (end.how) {
    case RunEnded::How::done: return "done";
    case RunEnded::How::interrupted: return "interrupted by " + signal_name(end.signal);
    case RunEnded::How::deadline: return "deadline";
    case RunEnded::How::halted: return "halted";
    case RunEnded::How::output_closed: return "output closed";
    case RunEnded::How::bad_input: return "bad input";
    case RunEnded::How::failed: return "failed";
  }
  return "failed";
}

/// The time between two samples, and the factor by which it must exceed the time of taking one. The factor limits the cost of samples.
constexpr std::chrono::milliseconds between_samples{100};
constexpr int sample_pause = 100;

}  // namespace

void HistoryRecorder::on_event(const RunEvent& event) {
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) return on(*attempt);
  if (const auto* chunk = std::get_if<ChunkStarted>(&event)) {
    if (chunk->attempt == 1) history_->add_chunk(chunk->first_index, chunk->count);
  } else if (const auto* range = std::get_if<RangeRead>(&event)) {
    history_->calls().add_range(range->first_index, range->function.name(), range->range);
  } else if (const auto* hold_up = std::get_if<HeldBack>(&event)) {
    history_->add_hold_up({time(), hold_up->reason, hold_up->index.value_or(UINT64_MAX)});
  } else if (const auto* started = std::get_if<WorkerStarted>(&event)) {
    history_->workers().started(started->worker, started->pid, time());
  } else if (const auto* ended = std::get_if<WorkerEnded>(&event)) {
    history_->workers().ended(ended->worker, ended->pid, time(), ended->status);
  } else if (const auto* end = std::get_if<RunEnded>(&event)) {
    history_->end(*end, time(), ending_of(*end));
  } else if (const auto* recalled = std::get_if<OutcomeRecalled>(&event)) {
    history_->count_recalled(1, recalled->failure != nullptr ? 1 : 0);
  }
}

void HistoryRecorder::on(const AttemptEnded& ended) {
  if (!detail_.everything && history_->totals().attempts == next_block_) [[unlikely]]
    block_ended_ = true;
  EndedAttempt record;
  Attempt& attempt = record.attempt;
  attempt.index = ended.index;
  attempt.attempt = ended.info.attempt;
  attempt.worker = place_of(ended);
  attempt.function = number_of(ended.function);
  if (ended.info.started_ns != 0) {
    const std::int64_t began = began_.time_since_epoch().count();
    attempt.started = std::max<std::int64_t>(ended.info.started_ns - began, 0);
    attempt.duration = ended.info.duration_ns;
  }
  attempt.final = ended.final;
  record.usage = ended.info.usage ? &*ended.info.usage : nullptr;
  record.result_bytes = ended.value.size();
  if (ended.failure == nullptr && !last_is_command_) return add(record, ended);
  std::optional<Usage> usage;
  if (last_is_command_) {  // its own usage, not its worker's; and what it wrote may be in files
    usage = command::usage_of(ended.failure == nullptr ? ended.value : std::string_view(ended.failure->detail));
    record.usage = usage ? &*usage : nullptr;
    record.result_bytes += command::file_bytes_of(ended.value);
  }
  std::string message;
  if (ended.failure != nullptr) {
    attempt.failure = ended.failure->kind;
    message = full_description(*ended.failure);
    record.message = message;
  }
  add(record, ended);
}

void HistoryRecorder::add(EndedAttempt& record, const AttemptEnded& ended) {
  if (record.usage != nullptr) record.attempt.cpus = cpus_of(*record.usage, record.attempt.duration);
  history_->add(record, [&ended] { return ended.texts.call_of(ended.index); });
}

void HistoryRecorder::start(const RunView& view) {
  view_ = &view;
  if (detail_.samples) take_sample();
}

void HistoryRecorder::take_sample() {
  const Clock::time_point began = now_();
  Sample sample{(began - began_).count(), view_->counts().waiting, 0};
  for (const RunView::Worker& worker : view_->workers()) sample.memory += view_->memory_of(worker.place);
  if (history_->facts().threads) sample.memory = sys::resident_memory(::getpid());
  history_->add_sample(sample);
  const Clock::time_point now = now_();
  next_sample_ = now + std::max<Clock::duration>(between_samples, sample_pause * (now - began));
}

// Not called while an event is passed on, so the part may change what it wants.
void HistoryRecorder::look_at_block() {
  block_ended_ = false;
  const Clock::time_point now = now_();
  stopped_ = now - block_began_ < least_time || history_->totals().attempts >= History::default_in_memory;
  if (stopped_) {
    history_->stop((now - began_).count());
    wants_less_();
  }
  block_began_ = now;
  next_block_ = history_->totals().attempts + block;
}

// Calls that still run are killed after this, and have no outcome.
void HistoryRecorder::finish() {
  if (view_ != nullptr && detail_.samples) take_sample();
  const RunView* const view = std::exchange(view_, nullptr);
  if (view == nullptr || !detail_.samples) return;
  next_sample_.reset();
  for (const RunView::Worker& worker : view->workers()) {
    if (!worker.call || !worker.call->age) continue;
    const std::int64_t started = std::max<std::int64_t>(time() - worker.call->age->count(), 0);
    history_->add_unended({worker.call->index, history_->workers().place_in_pool(worker.place), started},
                          view->call_of(worker.call->index));
  }
}

std::uint32_t HistoryRecorder::place_of(const AttemptEnded& ended) {
  WorkerPlaces& workers = history_->workers();
  if (ended.info.host == 0) return workers.place_of(ended.info.worker);
  if (ended.info.host != last_host_) {
    last_host_ = ended.info.host;
    last_host_number_ = workers.host_number(ended.host);
  }
  const std::uint32_t known = workers.count();
  const std::uint32_t place = workers.place_of(ended.info.worker, last_host_number_);
  if (workers.count() != known && view_ != nullptr) history_->raise_workers(view_->worker_limit());
  return place;
}

std::uint32_t HistoryRecorder::number_of(const Function& function) {
  if (&function != last_function_) {
    last_function_ = &function;
    last_is_command_ = function.is_command();
    last_number_ = history_->calls().function_number(function.name());
  }
  return last_number_;
}

}  // namespace prun::history
