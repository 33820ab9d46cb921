// A model of task durations, learned from ended tasks and from the ages of running tasks. It uses logarithms of durations, because
// durations often differ by orders of magnitude.
//
// Short tasks end first. Therefore the mean of ended tasks is too small at first. The product-limit estimate (Kaplan and Meier, 1958)
// corrects this: a running task counts as "longer than its age".
#pragma once

#include "progress/duration_sample.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace prun {

/// A task that runs.
struct Underway {
  std::uint64_t index = 0;
  std::optional<double> age{};  ///< in seconds; absent: not known, and therefore small
};

struct DurationModel {
  std::vector<double> logs;     ///< of the durations, ascending
  std::vector<double> weights;  ///< their probabilities; the sum is 1
  double mean = 0;              ///< of the logs
  double deviation = 0;
  double smoothing = 0;     ///< how much a drawn logarithm may differ from a measured one
  bool log_normal = false;  ///< the logs are as symmetrical as those of a log-normal distribution
};

/// @param ended at least two tasks
[[nodiscard]] DurationModel learn(std::span<const DurationSample::Measured> ended, std::span<const Underway> running);

}  // namespace prun
