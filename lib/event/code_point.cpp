#include "event/code_point.hpp"

namespace prun {
namespace {

constexpr unsigned byte(char c) noexcept { return static_cast<unsigned char>(c); }
constexpr bool is_continuation(char c) noexcept { return (byte(c) & 0xC0U) == 0x80U; }

}  // namespace

CodePoint decode_utf8(std::string_view text) noexcept {
  const unsigned first = byte(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  char32_t value = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {};
    value = (value << 6U) | (byte(text[i]) & 0x3FU);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, bytes};
}

}  // namespace prun
