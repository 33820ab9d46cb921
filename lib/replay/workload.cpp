// See workload.hpp.
#include "replay/workload.hpp"

#include <algorithm>

namespace prun::replay {

Workload::Workload(const std::vector<std::int64_t>& durations) : tasks_(durations.size()) {
  sums_.reserve(durations.size() + 1);
  for (const std::int64_t duration : durations) {
    sums_.push_back(sums_.back() + duration);
    longest_ = std::max(longest_, duration);
  }
}

Workload::Workload(const history::History& history, std::uint64_t most) {
  const history::Totals& totals = history.totals();
  if (totals.first_index > totals.last_index) return;
  longest_ = totals.longest;
  bundle_ = (totals.last_index - totals.first_index) / most + 1;
  std::vector<std::int64_t> durations(static_cast<std::size_t>((totals.last_index - totals.first_index) / bundle_ + 1),
                                      -1);
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started) return;
    if (attempt.attempt == 1) ++tasks_;
    std::int64_t& duration = durations[static_cast<std::size_t>((attempt.index - totals.first_index) / bundle_)];
    duration = std::max<std::int64_t>(duration, 0) + attempt.duration;
  });
  sums_.reserve(durations.size() + 1);
  for (const std::int64_t duration : durations) {
    if (duration >= 0) sums_.push_back(sums_.back() + duration);
  }
  tasks_ = std::max<std::uint64_t>(tasks_, items());
}

}  // namespace prun::replay
