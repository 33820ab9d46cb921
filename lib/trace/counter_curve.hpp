// A number that changes over time: exactly where it changes seldom, otherwise as it is at the ends of equal steps.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace prun::trace {

class CounterCurve {
 public:
  static constexpr std::uint64_t most_exact = 1U << 14U;
  static constexpr std::uint64_t most_steps = 1U << 12U;

  /// @param end the latest time @param changes at most so many are added
  CounterCurve(std::int64_t end, std::uint64_t changes);

  void add(std::int64_t time, int by) {
    time = time < 0 ? 0 : time < end_ ? time : end_;
    if (steps_.empty()) {
      changes_.emplace_back(time, by);
    } else {
      steps_[static_cast<std::uint64_t>(time) >> shift_] += by;
    }
  }

  /// Calls `visit(time, value)` by time, where the value is another than before.
  template <class Visit>
  void for_each(Visit visit) {
    gather();
    std::int64_t value = 0;
    for (std::size_t i = 0; i < changes_.size();) {
      const std::int64_t time = changes_[i].first;
      const std::int64_t before = value;
      for (; i < changes_.size() && changes_[i].first == time; ++i) value += changes_[i].second;
      if (value != before) visit(time, static_cast<std::uint64_t>(value < 0 ? 0 : value));
    }
  }

 private:
  void gather();

  std::int64_t end_;
  unsigned shift_ = 0;                                          ///< a step takes 2^shift nanoseconds
  std::vector<std::pair<std::int64_t, std::int64_t>> changes_;  ///< time, by how much
  std::vector<std::int64_t> steps_;                             ///< sums of changes; empty: all changes are kept
};

}  // namespace prun::trace
