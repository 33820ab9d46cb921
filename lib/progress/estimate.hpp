// When a run will end: a range, and the middle of it, from the durations of tasks that have ended and the ages of those that run.
// It knows no clock, no run and no text.
//
// 200 times it plays the rest of the run. Each time it draws durations that agree with what was seen (DurationModel, and
// DurationTrend where an input is sorted), gives each running task a remainder, and hands the tasks that have not started to the
// workers that are free first. The range is that from the 10th to the 90th percentile of the 200 ends.
#pragma once

#include "progress/duration_sample.hpp"
#include "progress/played_run.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace prun {

class Estimate {
 public:
  /// The rest of a run.
  struct Rest {
    std::vector<Underway> running{};
    std::uint64_t next_index = 0;   ///< of the first task that has not started
    std::uint64_t not_started = 0;  ///< tasks
    std::uint32_t workers = 1;      ///< at least 1
  };
  struct Left {
    std::chrono::nanoseconds low{};
    std::chrono::nanoseconds likely{};
    std::chrono::nanoseconds high{};
  };

  /// @param weight for as many tasks it stands, where not each is measured
  void ended(std::uint64_t index, std::chrono::nanoseconds duration, double weight = 1);

  /// The time until the end. Absent: too few tasks have ended for it. The same calls give the same answers.
  [[nodiscard]] std::optional<Left> left(const Rest& rest) const;

 private:
  [[nodiscard]] KnownRest know(const Rest& rest) const;

  DurationSample sample_;
};

}  // namespace prun
