// An input is often sorted (39..1): then the tasks that come are unlike those that were. Where durations near a place in the input
// follow a line closely, on a logarithmic scale, that line tells more than all durations together.
#pragma once

#include "progress/duration_sample.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace prun {

struct DurationTrend {
  double middle = 0;  ///< index
  double level = 0;   ///< logarithm of the duration there
  double slope = 0;   ///< a step
  double deviation = 0;
  double level_error = 0;
  double slope_error = 0;
  double last_index = 0;  ///< growth is not believed beyond it

  /// The logarithm at an index. @param level_off, slope_off so many errors away from the line
  [[nodiscard]] double log_at(double index, double level_off = 0, double slope_off = 0) const noexcept;
};

/// The line through the points next to `index`; absent: there are too few, or they follow none.
/// @param ended in the order of their indexes
[[nodiscard]] std::optional<DurationTrend> trend_near(std::span<const DurationSample::Measured> ended,
                                                      std::uint64_t index);

}  // namespace prun
