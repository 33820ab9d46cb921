#include "progress/duration_trend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace prun {
namespace {

using Points = std::span<const DurationSample::Measured>;

constexpr std::size_t most_points = 12;
constexpr std::size_t fewest_points = 3;

/// The number of standard errors at which a slope is significant. Three points are often nearly on a line by chance.
double convincing(std::size_t points) { return points == 3 ? 30 : points < 6 ? 20 : 10; }

Points nearest(Points ended, std::uint64_t index) {
  const auto at = std::lower_bound(ended.begin(), ended.end(), index,
                                   [](const auto& point, std::uint64_t wanted) { return point.index < wanted; });
  auto first = static_cast<std::size_t>(at - ended.begin());
  std::size_t last = first;
  while (last - first < std::min(most_points, ended.size())) {
    const bool left =
        first > 0 && (last == ended.size() || index - ended[first - 1].index <= ended[last].index - index);
    left ? --first : ++last;
  }
  return ended.subspan(first, last - first);
}

}  // namespace

double DurationTrend::log_at(double index, double level_off, double slope_off) const noexcept {
  return level + level_off * level_error + (slope + slope_off * slope_error) * (std::min(index, last_index) - middle);
}

std::optional<DurationTrend> trend_near(Points ended, std::uint64_t index) {
  const Points points = nearest(ended, index);
  if (points.size() < fewest_points) return std::nullopt;
  const auto n = static_cast<double>(points.size());
  DurationTrend trend;
  for (const auto& point : points) {
    trend.middle += static_cast<double>(point.index) / n;
    trend.level += std::log(point.seconds) / n;
  }
  double index_squares = 0;
  double products = 0;
  for (const auto& point : points) {
    const double distance = static_cast<double>(point.index) - trend.middle;
    index_squares += distance * distance;
    products += distance * (std::log(point.seconds) - trend.level);
  }
  if (index_squares == 0) return std::nullopt;
  trend.slope = products / index_squares;
  trend.last_index = std::numeric_limits<double>::infinity();
  double error_squares = 0;
  for (const auto& point : points) {
    const double error = std::log(point.seconds) - trend.log_at(static_cast<double>(point.index));
    error_squares += error * error;
  }
  trend.deviation = std::sqrt(error_squares / (n - 2));
  trend.level_error = trend.deviation / std::sqrt(n);
  trend.slope_error = trend.deviation / std::sqrt(index_squares);
  if (std::abs(trend.slope) < 1e-9 || std::abs(trend.slope) <= convincing(points.size()) * trend.slope_error)
    return std::nullopt;
  if (trend.slope > 0) {
    const auto last = static_cast<double>(points.back().index);
    trend.last_index = 2 * last - static_cast<double>(points.front().index);
  }
  return trend;
}

}  // namespace prun
