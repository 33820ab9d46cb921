// Chooses the style of the progress display: the requested one, or one that fits the environment.
#pragma once

#include <chrono>
#include <cstdint>

namespace prun {

enum class ProgressStyle : std::uint8_t {
  automatic,
  bar,    ///< one line, drawn again and again
  rows,   ///< one line, and the longest-running tasks below
  plain,  ///< a line of text from time to time
  json,   ///< one JSON object per line
  none,
};

/// The environment of the display.
struct ProgressPlace {
  bool terminal = false;  ///< standard error is one, on which lines can be drawn
  bool shared = false;    ///< commands write to it themselves, unseen by prun
  bool ci = false;        ///< CI=true
  bool quiet = false;     ///< --quiet
};

struct ProgressPlan {
  ProgressStyle style = ProgressStyle::none;  ///< not `automatic`
  std::chrono::seconds after{0};              ///< nothing is shown before
};

/// If lines cannot be drawn, `bar` and `rows` become `plain`.
[[nodiscard]] constexpr ProgressPlan plan_progress(ProgressStyle asked, const ProgressPlace& place) noexcept {
  using Style = ProgressStyle;
  const bool drawable = place.terminal && !place.shared;
  if (asked == Style::automatic) {
    if (place.quiet) return {};
    if (place.terminal) return drawable ? ProgressPlan{Style::bar, std::chrono::seconds(1)} : ProgressPlan{};
    return place.ci ? ProgressPlan{Style::plain, std::chrono::seconds(60)} : ProgressPlan{};
  }
  const bool draws = asked == Style::bar || asked == Style::rows;
  return {draws && !drawable ? Style::plain : asked, {}};
}

}  // namespace prun
