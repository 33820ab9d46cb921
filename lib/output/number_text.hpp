// Appends numbers as digits, without a temporary string.
#pragma once

#include "wire/digits.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <string>

namespace prun {

/// Right-aligned to `width` characters.
template <std::integral T>
void append_integer(std::string& out, T value, std::size_t width = 0) {
  std::array<char, wire::most_digits> text;  // NOLINT: filled below
  char* const end = text.data() + text.size();
  const char* const begin = wire::put_integer(end, value);
  const auto length = static_cast<std::size_t>(end - begin);
  if (length < width) out.append(width - length, ' ');
  out.append(begin, length);
}

/// Seconds, exact: "0.25", "3.0", "0.000000001".
void append_seconds(std::string& out, std::chrono::nanoseconds duration);

/// Seconds, rounded to the given number of decimals (at most 9): "0.3", "3".
void append_seconds(std::string& out, std::chrono::nanoseconds duration, unsigned decimals);

}  // namespace prun
