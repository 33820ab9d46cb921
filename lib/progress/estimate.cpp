#include "progress/estimate.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace prun {
namespace {

constexpr std::size_t plays = 200;
constexpr std::uint64_t seed = 20240613;
constexpr std::size_t fewest_ended = 2;
constexpr double least_width = 0.03;  // to each side

std::chrono::nanoseconds nanoseconds_of(double seconds) {
  constexpr double century = 3.2e9;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(seconds, 0.0, century) * 1e9));
}

}  // namespace

void Estimate::ended(std::uint64_t index, std::chrono::nanoseconds duration, double weight) {
  const double seconds = std::chrono::duration<double>(duration).count();
  sample_.add({index, std::max(seconds, 1e-9), std::max(weight, 1.0)});
}

std::optional<Estimate::Left> Estimate::left(const Rest& rest) const {
  if (sample_.all().size() < fewest_ended) return std::nullopt;
  const KnownRest known = know(rest);
  PlayedRun played(known, seed);
  std::array<double, plays> ends{};
  for (std::size_t play = 0; play < plays; ++play) {
    // Draws from the measured durations. If they fit a log-normal distribution, every other simulation draws from that, because it has
    // longer tasks than any measured one.
    if (known.model.log_normal && play % 2 == 1) {
      played.draw_from_family();
    } else {
      played.draw_from_seen();
    }
    ends.at(play) = played.end();
  }
  std::sort(ends.begin(), ends.end());
  const double likely = ends[plays / 2];
  // The speed of machines varies, however well the durations agree.
  return Left{nanoseconds_of(std::min(ends[plays / 10], likely * (1 - least_width))), nanoseconds_of(likely),
              nanoseconds_of(std::max(ends[plays * 9 / 10], likely * (1 + least_width)))};
}

KnownRest Estimate::know(const Rest& rest) const {
  std::vector<DurationSample::Measured> ended(sample_.all().begin(), sample_.all().end());
  std::sort(ended.begin(), ended.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  KnownRest known{learn(ended, rest.running), {}, {}, rest.next_index, rest.not_started, std::max(rest.workers, 1U)};
  for (const Underway& task : rest.running) known.running.push_back({task, trend_near(ended, task.index)});
  if (rest.not_started != 0) known.coming = trend_near(ended, rest.next_index);
  return known;
}

}  // namespace prun
