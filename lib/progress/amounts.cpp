#include "progress/amounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace prun {
namespace {

struct Unit {
  std::int64_t seconds;
  char letter;
};

constexpr Unit second{1, 's'};
constexpr Unit minute{60, 'm'};
constexpr Unit hour{3600, 'h'};
constexpr Unit day{86400, 'd'};

// Two minutes are `2m`, and 119 seconds are `119s`: one unit with at least two steps of it.
constexpr Unit rough_unit(double seconds) {
  if (seconds < 100) return second;
  if (seconds < 100 * 60) return minute;
  return seconds < 48 * 3600 ? hour : day;
}

std::int64_t whole_seconds(std::chrono::nanoseconds time) {
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count(), 0);
}

double seconds_of(std::chrono::nanoseconds time) { return std::max(std::chrono::duration<double>(time).count(), 0.0); }

/// Three characters of a number: `1.5`, `15`, `150`.
std::string short_number(double number) {
  return number < 9.95 ? fmt::format("{:.1f}", number) : fmt::format("{:.0f}", number);
}

std::string with_prefix(double number, double step, const std::array<const char*, 5>& prefixes) {
  std::size_t at = 0;
  while (number >= step * 0.9995 && at + 1 < prefixes.size()) {
    number /= step;
    ++at;
  }
  return short_number(number) + prefixes.at(at);
}

}  // namespace

std::string clock_text(std::chrono::nanoseconds time) {
  const std::int64_t seconds = whole_seconds(time);
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string age_text(std::chrono::nanoseconds time) {
  const std::int64_t seconds = whole_seconds(time);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

std::string rough_time(std::chrono::nanoseconds time) {
  const double seconds = seconds_of(time);
  const Unit unit = rough_unit(seconds);
  const auto count = std::llround(seconds / static_cast<double>(unit.seconds));
  return fmt::format("{}{}", std::max<long long>(count, 1), unit.letter);
}

std::string rough_range(std::chrono::nanoseconds low, std::chrono::nanoseconds high) {
  const Unit low_unit = rough_unit(seconds_of(low));
  const Unit high_unit = rough_unit(seconds_of(high));
  const auto down = static_cast<std::int64_t>(seconds_of(low) / static_cast<double>(low_unit.seconds));
  const auto up = static_cast<std::int64_t>(std::ceil(seconds_of(high) / static_cast<double>(high_unit.seconds)));
  if (low_unit.letter != high_unit.letter) return fmt::format("{}{}-{}{}", down, low_unit.letter, up, high_unit.letter);
  return fmt::format("{}-{}{}", down, std::max(up, down + 1), high_unit.letter);
}

std::string rate_text(double per_second) {
  if (per_second >= 0.1 || per_second <= 0) return with_prefix(per_second, 1000, {"", "k", "M", "G", "T"}) + "/s";
  if (per_second * 60 >= 0.1) return short_number(per_second * 60) + "/min";
  return short_number(per_second * 3600) + "/h";
}

std::string size_text(std::uint64_t bytes) {
  return with_prefix(static_cast<double>(bytes), 1024, {"B", "K", "M", "G", "T"});
}

}  // namespace prun
