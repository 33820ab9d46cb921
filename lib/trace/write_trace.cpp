#include "trace/write_trace.hpp"

#include "event/hold_up_word.hpp"
#include "event/printable.hpp"
#include "history/chunk_bounds.hpp"
#include "trace/counter_curve.hpp"
#include "trace/retry_arrows.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prun::trace {
namespace {

using history::Attempt;
using history::ChunkBounds;
using history::History;

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line.append(line.empty() ? "" : " ").append(word);
  return line;
}

Overview overview_of(const History& history) {
  const history::RunFacts& facts = history.facts();
  Overview overview{printable(joined(facts.command)), {}, {}};
  for (std::uint32_t worker = 0; worker < history.worker_count(); ++worker)
    overview.workers.push_back(printable(history.worker_name(worker)));
  overview.facts = {{"mode", facts.mode},         {"host", facts.host},
                    {"version", facts.version},   {"workers", std::to_string(facts.workers)},
                    {"ending", history.ending()}, {"began_at_ns", std::to_string(facts.began_at)}};
  if (const auto why = history.incomplete()) overview.facts.emplace_back("incomplete", *why);
  return overview;
}

/// Draws a worker's chunks around its tasks. The attempts of one worker come in the order in which it made them.
class ChunkTracks {
 public:
  ChunkTracks(const History& history, TraceSink& sink)
      : sink_(&sink), bounds_(history), drawn_(bounds_.largest() > 1), open_(history.worker_count()) {}

  void before(const Attempt& attempt) {
    if (!drawn_) return;
    auto& open = open_[attempt.worker];
    const auto chunk = bounds_.chunk_of(attempt);
    if (open && (!chunk || open->chunk != *chunk)) close(attempt.worker);
    if (!open && chunk) {
      open = Open{*chunk, 0};
      sink_->chunk_starts({attempt.worker, *attempt.started, chunk->first_index, chunk->size});
    }
    if (open) open->end = attempt.ended();
  }

  void close_all() {
    for (std::uint32_t worker = 0; worker < open_.size(); ++worker) close(worker);
  }

 private:
  struct Open {
    ChunkBounds::Chunk chunk;
    std::int64_t end;  ///< of its last attempt so far
  };

  void close(std::uint32_t worker) {
    auto& open = open_[worker];
    if (open) sink_->chunk_ends(worker, open->end);
    open.reset();
  }

  TraceSink* sink_;
  ChunkBounds bounds_;
  bool drawn_;                             ///< false: each chunk would be the same as its only task
  std::vector<std::optional<Open>> open_;  ///< by worker
};

class TraceWriter {
 public:
  TraceWriter(const History& history, TraceSink& sink)
      : history_(&history),
        sink_(&sink),
        chunks_(history, sink),
        arrows_(history),
        running_(history.wall(), 2 * (history.totals().attempts + history.unended().size())),
        failed_(history.wall(), history.totals().failed) {}

  void write() {
    sink_->begin(overview_of(*history_));
    history_->for_each_attempt([this](const Attempt& attempt) { add(attempt); });
    chunks_.close_all();
    for (const auto& unended : history_->unended()) add(unended);
    running_.for_each(
        [this](std::int64_t time, std::uint64_t value) { sink_->counter(Counter::running, time, value); });
    failed_.for_each([this](std::int64_t time, std::uint64_t value) { sink_->counter(Counter::failed, time, value); });
    history_->for_each_sample([this](const history::Sample& sample) { add(sample); });
    add_hold_ups();
    sink_->end();
  }

 private:
  void add(const Attempt& attempt) {
    if (attempt.failure && attempt.final) failed_.add(attempt.started ? attempt.ended() : history_->wall(), 1);
    if (!is_drawn(attempt)) return;
    running_.add(*attempt.started, 1);
    running_.add(attempt.ended(), -1);
    chunks_.before(attempt);
    call_.clear();
    history_->append_call_of(attempt.index, call_);
    sink_->task({.worker = attempt.worker,
                 .from = *attempt.started,
                 .to = attempt.ended(),
                 .call = call_,
                 .index = attempt.index,
                 .attempt = attempt.attempt,
                 .failure = attempt.failure,
                 .arrow_in = arrows_.into(attempt),
                 .arrow_out = arrows_.out_of(attempt)});
  }

  void add(const history::UnendedCall& unended) {
    const std::int64_t end = std::max(history_->wall(), unended.started);
    running_.add(unended.started, 1);
    running_.add(end, -1);
    call_.clear();
    history_->append_call_of(unended.index, call_);
    sink_->task({.worker = unended.worker,
                 .from = unended.started,
                 .to = end,
                 .call = call_,
                 .index = unended.index,
                 .failure = {},
                 .ended = false});
  }

  void add(const history::Sample& sample) {
    if (sample.waiting != waiting_) sink_->counter(Counter::waiting_for_order, sample.time, sample.waiting);
    if (sample.memory != memory_) sink_->counter(Counter::memory, sample.time, sample.memory);
    waiting_ = sample.waiting;
    memory_ = sample.memory;
  }

  void add_hold_ups() {
    std::optional<history::HoldUp> open;
    const auto close = [&](std::int64_t time) {
      if (open) sink_->held_back(open->time, std::max(time, open->time), hold_up_word(open->reason));
      open.reset();
    };
    history_->for_each_hold_up([&](const history::HoldUp& hold_up) {
      close(hold_up.time);
      if (hold_up.reason != HeldBack::Reason::nothing) open = hold_up;
    });
    close(history_->wall());
  }

  const History* history_;
  TraceSink* sink_;
  ChunkTracks chunks_;
  RetryArrows arrows_;
  CounterCurve running_;
  CounterCurve failed_;
  std::uint64_t waiting_ = UINT64_MAX;  ///< as it was last written
  std::uint64_t memory_ = UINT64_MAX;
  std::string call_;
};

}  // namespace

void write_trace(const History& history, TraceSink& sink) { TraceWriter(history, sink).write(); }

}  // namespace prun::trace
