// An input is often sorted (39..1). Then later tasks differ from earlier ones. If durations near a place in the input closely follow a
// line on a logarithmic scale, that line predicts better than all durations together.
#pragma once

#include "progress/duration_sample.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace prun {

struct DurationTrend {
  double middle = 0;  ///< index
  double level = 0;   ///< logarithm of the duration there
  double slope = 0;   ///< change of the logarithm per index
  double deviation = 0;
  double level_error = 0;
  double slope_error = 0;
  double last_index = 0;  ///< the slope is not extrapolated beyond this index

  /// The logarithm at an index. @param level_off, slope_off distance from the line, in standard errors
  [[nodiscard]] double log_at(double index, double level_off = 0, double slope_off = 0) const noexcept;
};

/// The line through the points next to `index`; absent: there are too few points, or they follow no line.
/// @param ended in the order of indexes
[[nodiscard]] std::optional<DurationTrend> trend_near(std::span<const DurationSample::Measured> ended,
                                                      std::uint64_t index);

}  // namespace prun
