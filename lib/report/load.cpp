// See load.hpp.
#include "report/load.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace prun::report {
namespace {

/// A sum over time, in equal steps. The cost of adding an interval does not depend on its length.
class Steps {
 public:
  Steps(std::size_t count, std::int64_t width) : width_(width), parts_(count + 1), changes_(count + 1) {}

  void add(std::int64_t from, std::int64_t to, double weight) noexcept {
    const std::int64_t end = static_cast<std::int64_t>(parts_.size() - 1) * width_;
    from = std::clamp<std::int64_t>(from, 0, end);
    to = std::clamp<std::int64_t>(to, from, end);
    const auto first = static_cast<std::size_t>(from / width_);
    const auto last = static_cast<std::size_t>(to / width_);
    if (first == last) {
      parts_[first] += weight * static_cast<double>(to - from);
      return;
    }
    parts_[first] += weight * static_cast<double>(static_cast<std::int64_t>(first + 1) * width_ - from);
    parts_[last] += weight * static_cast<double>(to - static_cast<std::int64_t>(last) * width_);
    changes_[first + 1] += weight;
    changes_[last] -= weight;
  }

  /// The mean of each step.
  [[nodiscard]] std::vector<double> means() const {
    std::vector<double> means(parts_.size() - 1);
    double whole = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
      whole += changes_[i];
      means[i] = std::max(whole + parts_[i] / static_cast<double>(width_), 0.0);
    }
    return means;
  }

 private:
  std::int64_t width_;
  std::vector<double> parts_;    ///< of intervals that cover a part of the step
  std::vector<double> changes_;  ///< of those that cover all of it
};

std::int64_t step_width(const history::History& history, std::size_t steps) {
  return history.recorded() / static_cast<std::int64_t>(steps) + 1;
}

std::vector<WaitSpan> all_spans(const history::History& history) {
  std::vector<WaitSpan> spans;
  history.for_each_hold_up([&](const history::HoldUp& hold_up) {
    if (!spans.empty() && spans.back().to < 0) spans.back().to = hold_up.time;
    if (hold_up.reason != HeldBack::Reason::nothing) spans.push_back({hold_up.time, -1, wait_of(hold_up.reason)});
  });
  if (!spans.empty() && spans.back().to < 0) spans.back().to = history.recorded();
  return spans;
}

using Shares = std::array<std::vector<double>, wait_kinds>;

/// For each kind of wait, the part of each step that it took.
Shares shares_of(const std::vector<WaitSpan>& spans, std::size_t steps, std::int64_t width) {
  std::vector<Steps> sums(wait_kinds, Steps(steps, width));
  for (const WaitSpan& span : spans) sums[static_cast<std::size_t>(span.wait)].add(span.from, span.to, 1);
  Shares shares;
  for (std::size_t kind = 0; kind < wait_kinds; ++kind) shares[kind] = sums[kind].means();
  return shares;
}

void add_waits(Load& load, const Shares& shares) {
  constexpr auto nothing = static_cast<std::size_t>(Wait::nothing);
  const auto all = static_cast<double>(load.running.size()) * load.workers;
  for (std::size_t step = 0; step < load.running.size(); ++step) {
    const double idle = std::max(load.workers - load.running[step], 0.0) / all;
    double held = 0;
    for (std::size_t kind = 0; kind < nothing; ++kind) {
      load.waiting[kind] += idle * shares[kind][step];
      held += shares[kind][step];
    }
    load.waiting[nothing] += idle * std::max(1 - held, 0.0);
  }
}

}  // namespace

Wait wait_of(HeldBack::Reason reason) noexcept {
  using Reason = HeldBack::Reason;
  switch (reason) {
    case Reason::nothing: return Wait::nothing;
    case Reason::input: return Wait::input;
    case Reason::order:
    case Reason::reader: return Wait::order;
    case Reason::load:
    case Reason::memory:
    case Reason::delay:
    case Reason::retry:
    case Reason::jobserver:
    case Reason::system: return Wait::held;
  }
  return Wait::nothing;
}

std::vector<WaitSpan> wait_spans(const history::History& history, std::size_t most) {
  std::vector<WaitSpan> spans = all_spans(history);
  if (spans.size() <= most) return spans;
  const std::int64_t width = step_width(history, most);
  const Shares shares = shares_of(spans, most, width);
  spans.clear();
  for (std::size_t step = 0; step < most; ++step) {
    std::size_t kind = 0;
    for (std::size_t other = 1; other < wait_kinds; ++other) {
      if (shares[other][step] > shares[kind][step]) kind = other;
    }
    if (shares[kind][step] < 0.5) continue;
    const std::int64_t from = static_cast<std::int64_t>(step) * width;
    if (!spans.empty() && spans.back().to == from && spans.back().wait == static_cast<Wait>(kind)) {
      spans.back().to += width;
    } else {
      spans.push_back({from, from + width, static_cast<Wait>(kind)});
    }
  }
  return spans;
}

Load load_of(const history::History& history, std::size_t steps) {
  Load load;
  load.step = step_width(history, steps);
  // A worker that never had a task was idle all the time. But at most as many workers could have worked as there were tasks.
  const auto useful = std::min<std::uint64_t>(history.facts().workers, history.totals().attempts);
  load.workers = std::max({history.worker_count(), static_cast<std::uint32_t>(useful), 1U});
  Steps running(steps, load.step);
  Steps cpus(steps, load.step);
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started) return;
    running.add(*attempt.started, attempt.ended(), 1);
    if (attempt.cpus > 0) cpus.add(*attempt.started, attempt.ended(), attempt.cpus);
  });
  load.running = running.means();
  load.cpus = cpus.means();
  const double capacity = static_cast<double>(std::max<std::int64_t>(history.recorded(), 1)) * load.workers;
  load.busy = std::min(static_cast<double>(history.totals().busy) / capacity, 1.0);
  add_waits(load, shares_of(all_spans(history), steps, load.step));
  return load;
}

}  // namespace prun::report
