// How long tasks take, learned from those that have ended and from the ages of those that run. Durations are logarithms here, as
// they often differ by orders of magnitude.
//
// Short tasks end first. A mean of what has ended is therefore too small at first, and one that adds the ages to it too large.
// The product-limit estimate (Kaplan and Meier, 1958) is neither: a running task counts as "longer than its age".
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
  std::optional<double> age{};  ///< in seconds; absent: not known, and small
};

struct DurationModel {
  std::vector<double> logs;     ///< of the durations, ascending
  std::vector<double> weights;  ///< their probabilities; the sum is 1
  double mean = 0;              ///< of the logs
  double deviation = 0;
  double smoothing = 0;     ///< by so much a drawn log may differ from one that was seen
  bool log_normal = false;  ///< the logs are as symmetrical as those of a log-normal distribution
};

/// @param ended two at least
[[nodiscard]] DurationModel learn(std::span<const DurationSample::Measured> ended, std::span<const Underway> running);

}  // namespace prun
