// See number_text.hpp.
#include "output/number_text.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace prun {

namespace {

constexpr unsigned all_decimals = 9;

constexpr std::uint64_t power_of_ten(unsigned exponent) noexcept {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// `value` units of 10^-decimals.
void append_fixed(std::string& out, std::uint64_t value, unsigned decimals) {
  const std::uint64_t unit = power_of_ten(decimals);
  append_integer(out, value / unit);
  if (decimals == 0) return;
  std::array<char, all_decimals> digits;  // NOLINT: filled below
  std::uint64_t fraction = value % unit;
  for (unsigned i = decimals; i-- > 0; fraction /= 10) digits[i] = static_cast<char>('0' + fraction % 10);
  out += '.';
  out.append(digits.data(), decimals);
}

std::uint64_t append_sign(std::string& out, std::chrono::nanoseconds duration) {
  const std::int64_t count = duration.count();
  if (count >= 0) return static_cast<std::uint64_t>(count);
  out += '-';
  return std::uint64_t{0} - static_cast<std::uint64_t>(count);
}

}  // namespace

void append_seconds(std::string& out, std::chrono::nanoseconds duration) {
  constexpr std::uint64_t second = 1'000'000'000;
  const std::uint64_t count = append_sign(out, duration);
  // Prints the fraction with a one before it, to keep its leading zeros, and overwrites the one with the point.
  std::array<char, wire::most_digits + 1 + all_decimals> text;  // NOLINT: filled from its end
  char* end = text.data() + text.size();
  char* const point = wire::put_digits(end, second + count % second);
  *point = '.';
  const char* const begin = wire::put_digits(point, count / second);
  while (end[-1] == '0' && end - 2 != point) --end;
  out.append(begin, static_cast<std::size_t>(end - begin));
}

void append_seconds(std::string& out, std::chrono::nanoseconds duration, unsigned decimals) {
  decimals = std::min(decimals, all_decimals);
  const std::uint64_t unit = power_of_ten(all_decimals - decimals);
  append_fixed(out, (append_sign(out, duration) + unit / 2) / unit, decimals);
}

}  // namespace prun
