// Reads the first bytes of a MessagePack value without throwing: its kind, the length of its head, and the contents of the
// head. Only the reader and the checker of whole values use it.
#pragma once

#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace prun::wire::detail {

enum class HeadFault : std::uint8_t { none, cut_short, foreign_tag };

struct Head {
  HeadFault fault = HeadFault::none;
  Kind kind = Kind::null;
  std::size_t length = 0;    ///< bytes of the head: the tag and the fields of fixed size after it
  std::uint64_t number = 0;  ///< bits of a boolean, integer (sign-extended) or float64; the size of other kinds
};

/// The MessagePack extension type of a Kind::decimal.
inline constexpr unsigned char decimal_extension = 1;

/// The head is followed by as many raw bytes as it says.
[[nodiscard]] constexpr bool holds_bytes(Kind kind) noexcept {
  return kind == Kind::string || kind == Kind::decimal || kind == Kind::binary;
}

[[nodiscard]] Head read_head(std::string_view bytes) noexcept;

}  // namespace prun::wire::detail
