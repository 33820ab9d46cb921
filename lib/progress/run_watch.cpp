#include "progress/run_watch.hpp"

#include "event/printable.hpp"
#include "progress/hold_up_text.hpp"

#include <algorithm>

namespace prun {
namespace {

/// The time between two estimates, and the factor by which it must exceed the time that an estimate takes. The factor limits their cost.
constexpr std::chrono::seconds between_estimates{1};
constexpr int estimate_pause = 100;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// If not all tasks are measured, a measured task represents all tasks since the previous measured one.
void RunWatch::on(const CallMeasured& call) {
  const std::uint64_t since = call.ended > ended_before_ ? call.ended - ended_before_ : 1;
  ended_before_ = call.ended;
  estimate_.ended(call.index, call.duration, static_cast<double>(since));
}

void RunWatch::on(const OutcomeRecalled& recalled) {
  if (recalled.info.duration_ns > 0) {
    estimate_.ended(recalled.index, std::chrono::nanoseconds(recalled.info.duration_ns));
  }
}

Snapshot RunWatch::look(Clock::time_point now, std::size_t most_calls, bool details) {
  const auto counts = view_->counts();
  Snapshot snapshot;
  snapshot.done = counts.done();
  snapshot.failed = counts.all_failed();
  snapshot.total = view_->total();
  if (!snapshot.total && given_total_) snapshot.total = std::max(*given_total_, snapshot.done);
  snapshot.elapsed = view_->elapsed();
  if (const double elapsed = seconds(snapshot.elapsed); elapsed > 0) {
    snapshot.rate = static_cast<double>(counts.succeeded + counts.failed) / elapsed;
  }
  snapshot.held_back = view_->held_back();
  snapshot.hold_up = printable(hold_up_text(*view_, snapshot.held_back));
  add_calls(snapshot, view_->workers(), now, most_calls, details);
  snapshot.left = time_left(snapshot, now);
  return snapshot;
}

/// The start of most short calls is not known. If such a call takes long, its age counts from when it was first seen.
std::chrono::nanoseconds RunWatch::age_of(const RunView::Worker& worker, Clock::time_point now) {
  if (seen_.size() <= worker.place) seen_.resize(worker.place + 1);
  Seen& seen = seen_[worker.place];
  if (seen.index != worker.call->index) seen = {worker.call->index, now};
  return worker.call->age.value_or(now - seen.since);
}

void RunWatch::add_calls(Snapshot& snapshot, const std::vector<RunView::Worker>& workers, Clock::time_point now,
                         std::size_t most_calls, bool details) {
  struct Running {
    std::chrono::nanoseconds age;
    const RunView::Worker* worker;
  };
  std::vector<Running> running;
  underway_.clear();
  for (const auto& worker : workers) {
    if (!worker.call) continue;
    running.push_back({age_of(worker, now), &worker});
    underway_.push_back({worker.call->index, seconds(running.back().age)});
  }
  snapshot.running = running.size();
  const auto described = static_cast<std::ptrdiff_t>(std::min(most_calls, running.size()));
  std::partial_sort(running.begin(), running.begin() + described, running.end(),
                    [](const Running& a, const Running& b) { return a.age > b.age; });
  for (auto call = running.begin(); call != running.begin() + described; ++call) {
    const std::uint64_t index = call->worker->call->index;
    snapshot.longest.push_back({index, call->age, printable(view_->call_of(index)), 0, {}});
    if (!details) continue;
    snapshot.longest.back().memory = view_->memory_of(call->worker->place);
    snapshot.longest.back().last_output = printable(view_->last_output_of(call->worker->place));
  }
}

/// Estimated at most once a second. In between, the elapsed time is subtracted.
std::optional<Estimate::Left> RunWatch::time_left(const Snapshot& snapshot, Clock::time_point now) {
  if (!snapshot.total || snapshot.done >= *snapshot.total) return std::nullopt;
  if (!left_ || now >= next_estimate_) {
    const auto began = now_();
    const std::uint64_t open = *snapshot.total - snapshot.done;
    Estimate::Rest rest;
    rest.running = underway_;
    rest.not_started = open > snapshot.running ? open - snapshot.running : 0;
    rest.next_index = *snapshot.total - rest.not_started;
    const bool fewer =
        snapshot.held_back.reason != HeldBack::Reason::nothing && snapshot.held_back.reason != HeldBack::Reason::input;
    rest.workers =
        fewer ? static_cast<std::uint32_t>(std::max<std::size_t>(snapshot.running, 1)) : view_->worker_limit();
    left_ = estimate_.left(rest);
    left_at_ = now;
    next_estimate_ = now + std::max<Clock::duration>(between_estimates, estimate_pause * (now_() - began));
  }
  if (!left_) return std::nullopt;
  const auto later = [gone = std::chrono::nanoseconds(now - left_at_)](std::chrono::nanoseconds time) {
    return std::max(time - gone, std::chrono::nanoseconds(0));
  };
  return Estimate::Left{later(left_->low), later(left_->likely), later(left_->high)};
}

}  // namespace prun
