// See text.hpp.
#include "report/text.hpp"

#include "event/printable.hpp"
#include "wire/json.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>

namespace prun::report {
namespace {

double as_double(std::int64_t number) noexcept { return static_cast<double>(number); }

/// Three significant digits: "1.23", "12.3", "123".
std::string three_digits(double number) {
  return fmt::format("{:.{}f}", number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0);
}

template <class Number>
std::string data(Number value, std::string_view text) {
  return fmt::format("<data value=\"{}\">{}</data>", value, text);
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string json_text(std::string_view text) {
  std::string quoted;
  wire::append_json_string(quoted, text);
  std::string safe;
  for (const char c : quoted) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* to = text.data();
  const auto byte = [bytes](std::size_t at) {
    return at < bytes.size() ? std::uint32_t{static_cast<unsigned char>(bytes[at])} : 0U;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t group = byte(at) << 16U | byte(at + 1) << 8U | byte(at + 2);
    const std::size_t known = std::min<std::size_t>(bytes.size() - at, 3) + 1;  // the other digits are fillers
    for (unsigned digit = 0; digit < known; ++digit) to[digit] = digits[group >> (18 - 6 * digit) & 63U];
    to += 4;
  }
  return text;
}

std::string duration_text(std::int64_t nanoseconds) {
  const double ns = as_double(nanoseconds);
  if (ns < 999.5) return fmt::format("{} ns", nanoseconds);
  if (ns < 999.5e3) return three_digits(ns / 1e3) + " \u00b5s";
  if (ns < 999.5e6) return three_digits(ns / 1e6) + " ms";
  if (ns < 99.95e9) return three_digits(ns / 1e9) + " s";
  const std::int64_t seconds = std::llround(ns / 1e9);
  if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {:02}m", seconds / 3600, seconds % 3600 / 60);
}

std::string about(std::int64_t nanoseconds) {
  const double seconds = as_double(nanoseconds) / 1e9;
  if (seconds < 0.00995 || seconds >= 99.5) return duration_text(nanoseconds);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.{}f} s", seconds, seconds >= 9.95 ? 0 : 1);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string count_text(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string duration_data(std::int64_t nanoseconds) { return data(nanoseconds, duration_text(nanoseconds)); }
std::string count_data(std::uint64_t count) { return data(count, count_text(count)); }
std::string bytes_data(std::uint64_t bytes) { return data(bytes, bytes_text(bytes)); }

}  // namespace prun::report
