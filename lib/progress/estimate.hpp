// Estimates when a run will end, as a range and its median, from the durations of ended tasks and the ages of running tasks. It does not
// know clocks, runs or text.
//
// It simulates the rest of the run 200 times. Each time it draws durations that agree with the measured ones (DurationModel, and
// DurationTrend if an input is sorted), gives each running task a remaining time, and gives each task that has not started to the first
// free worker. The range is from the 10th to the 90th percentile of the 200 ends.
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

  /// @param weight number of tasks that it represents, if not all are measured
  void ended(std::uint64_t index, std::chrono::nanoseconds duration, double weight = 1);

  /// The time until the end. Absent: too few tasks have ended. The same calls give the same results.
  [[nodiscard]] std::optional<Left> left(const Rest& rest) const;

 private:
  [[nodiscard]] KnownRest know(const Rest& rest) const;

  DurationSample sample_;
};

}  // namespace prun
