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
  append_fixed(out, append_sign(out, duration), all_decimals);
  std::size_t end = out.find_last_not_of('0') + 1;
  if (out[end - 1] == '.') ++end;
  out.resize(end);
}

void append_seconds(std::string& out, std::chrono::nanoseconds duration, unsigned decimals) {
  decimals = std::min(decimals, all_decimals);
  const std::uint64_t unit = power_of_ten(all_decimals - decimals);
  append_fixed(out, (append_sign(out, duration) + unit / 2) / unit, decimals);
}

}  // namespace prun
