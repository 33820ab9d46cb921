// Formats points in time with microseconds. Each object caches the second that it printed last, because most lines of a run
// share it with the previous line.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace prun {

/// Local time of day: `18:33:51.401014`.
class TimeOfDay {
 public:
  TimeOfDay();
  /// Has a fixed length and is valid until the next call.
  [[nodiscard]] std::string_view text(std::chrono::system_clock::time_point time);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds(std::numeric_limits<std::int64_t>::min())};
  std::array<char, 16> text_{};  ///< "18:33:51.401014"
};

/// ISO 8601 in UTC: `2026-01-31T17:33:51.401014Z`.
class UtcTime {
 public:
  void append(std::string& out, std::chrono::system_clock::time_point time);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds(std::numeric_limits<std::int64_t>::min())};
  std::string text_;  ///< "2026-01-31T17:33:51.401014Z"
};

}  // namespace prun
