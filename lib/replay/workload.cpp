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
  std::uint64_t first = UINT64_MAX;
  std::uint64_t last = 0;
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started) return;
    first = std::min(first, attempt.index);
    last = std::max(last, attempt.index);
    if (attempt.attempt == 1) ++tasks_;
    longest_ = std::max(longest_, attempt.duration);
  });
  if (first > last) return;
  bundle_ = (last - first) / most + 1;
  std::vector<std::int64_t> durations(static_cast<std::size_t>((last - first) / bundle_ + 1), -1);
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started) return;
    std::int64_t& duration = durations[static_cast<std::size_t>((attempt.index - first) / bundle_)];
    duration = std::max<std::int64_t>(duration, 0) + attempt.duration;
  });
  sums_.reserve(durations.size() + 1);
  for (const std::int64_t duration : durations) {
    if (duration >= 0) sums_.push_back(sums_.back() + duration);
  }
  tasks_ = std::max<std::uint64_t>(tasks_, items());
}

}  // namespace prun::replay
