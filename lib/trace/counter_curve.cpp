#include "trace/counter_curve.hpp"

#include <algorithm>

namespace prun::trace {

CounterCurve::CounterCurve(std::int64_t end, std::uint64_t changes) : end_(std::max<std::int64_t>(end, 0)) {
  if (changes <= most_exact) return;
  while (static_cast<std::uint64_t>(end_) >> shift_ >= most_steps) ++shift_;
  steps_.resize(most_steps);
}

void CounterCurve::gather() {
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const auto step_end = static_cast<std::int64_t>((step + 1) << shift_);
    if (steps_[step] != 0) changes_.emplace_back(std::min(step_end, end_), std::exchange(steps_[step], 0));
  }
  std::sort(changes_.begin(), changes_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

}  // namespace prun::trace
