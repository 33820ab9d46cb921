// Predicts whether a task that starts now will finish before a point in time, from the durations of earlier tasks of its function.
// Pure arithmetic: time is passed in.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace prun {

class Function;

class FittingStarts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit FittingStarts(Time end) : end_(end) {}

  /// Reports the duration of a task of the function.
  void note(const Function& function, std::chrono::nanoseconds duration) {
    Durations& known = durations_[&function];
    const auto taken = static_cast<double>(duration.count());
    ++known.count;
    const double before = taken - known.mean_ns;
    known.mean_ns += before / static_cast<double>(known.count);
    known.squares += before * (taken - known.mean_ns);
  }

  /// The mean duration plus two standard deviations; 0: no duration is known.
  [[nodiscard]] std::chrono::nanoseconds expected(const Function& function) const {
    const auto found = durations_.find(&function);
    if (found == durations_.end()) return {};
    const Durations& known = found->second;
    const double deviation = std::sqrt(known.squares / static_cast<double>(known.count));
    return std::chrono::nanoseconds(static_cast<std::int64_t>(known.mean_ns + 2 * deviation));
  }

  [[nodiscard]] bool fits(const Function& function, Time now) const { return now + expected(function) <= end_; }
  /// The time after which a task of the function does not fit.
  [[nodiscard]] Time last_start(const Function& function) const { return end_ - expected(function); }
  /// The number of tasks that fit one after another, at least 1.
  [[nodiscard]] std::uint64_t most(const Function& function, Time now) const {
    const auto each = expected(function).count();
    if (each <= 0 || now >= end_) return each <= 0 ? UINT64_MAX : 1;
    return std::max<std::uint64_t>(static_cast<std::uint64_t>((end_ - now).count() / each), 1);
  }

 private:
  struct Durations {
    std::uint64_t count = 0;
    double mean_ns = 0;
    double squares = 0;  ///< sum of the squared differences from the mean (Welford)
  };

  Time end_;
  std::unordered_map<const Function*, Durations> durations_;
};

}  // namespace prun
