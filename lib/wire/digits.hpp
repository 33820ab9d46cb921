// Converts integers between three forms for every printed line: encoded, as a number, as decimal digits. Everything is
// inlined. value.hpp has the general reader.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace prun::wire {

/// The integer that `value`, one whole value, encodes. Absent if it is another value or above INT64_MAX.
[[nodiscard]] inline std::optional<std::int64_t> integer_in(std::string_view value) noexcept {
  if (value.empty()) return std::nullopt;
  const auto tag = static_cast<unsigned char>(value.front());
  if (value.size() == 1) {
    if (tag < 0x80) return tag;
    return tag >= 0xe0 ? std::optional<std::int64_t>(static_cast<std::int8_t>(tag)) : std::nullopt;
  }
  if (tag < 0xcc || tag > 0xd3) return std::nullopt;
  const unsigned width = 1U << (tag & 3U);  // 0xcc to 0xcf: unsigned, 1 to 8 bytes; 0xd0 to 0xd3: signed
  if (value.size() != 1 + width) return std::nullopt;
  std::uint64_t bits = 0;  // the number in its upper bytes
  switch (width) {
    case 1: std::memcpy(&bits, value.data() + 1, 1); break;
    case 2: std::memcpy(&bits, value.data() + 1, 2); break;
    case 4: std::memcpy(&bits, value.data() + 1, 4); break;
    default: std::memcpy(&bits, value.data() + 1, 8); break;
  }
  if constexpr (std::endian::native == std::endian::little) bits = __builtin_bswap64(bits);
  const unsigned shift = 64 - 8 * width;
  if (tag >= 0xd0) return static_cast<std::int64_t>(bits) >> shift;
  bits >>= shift;
  return bits <= INT64_MAX ? std::optional(static_cast<std::int64_t>(bits)) : std::nullopt;
}

inline constexpr std::size_t most_digits = 20;  ///< of a 64-bit integer, with its sign

namespace detail {
constexpr std::array<char, 200> digit_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> pairs = digit_pairs();
}  // namespace detail

/// Writes decimal digits that end before `end`, with room for `most_digits`. @return their first character
inline char* put_digits(char* end, std::uint64_t value) noexcept {
  while (value >= 100) {
    end -= 2;
    std::memcpy(end, &detail::pairs[2 * (value % 100)], 2);
    value /= 100;
  }
  if (value < 10) {
    *--end = static_cast<char>('0' + value);
    return end;
  }
  end -= 2;
  std::memcpy(end, &detail::pairs[2 * value], 2);
  return end;
}

/// The same, with a sign if the value is negative.
template <std::integral T>
char* put_integer(char* end, T value) noexcept {
  const auto bits = static_cast<std::uint64_t>(value);
  if constexpr (std::is_signed_v<T>) {
    if (value < 0) {
      end = put_digits(end, std::uint64_t{0} - bits);
      *--end = '-';
      return end;
    }
  }
  return put_digits(end, bits);
}

}  // namespace prun::wire
