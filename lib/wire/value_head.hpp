// The first bytes of a MessagePack value, read without throwing: which kind it is, how long its head is and what the
// head says. Shared by the reader and the checker of whole values; no other part needs it.
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
  std::size_t length = 0;    ///< of the head in bytes: the tag and what follows it of fixed size
  std::uint64_t number = 0;  ///< bits of a boolean, integer (sign-extended) or float64; size of what has one
};

/// The type of MessagePack's extension that holds a Kind::decimal.
inline constexpr unsigned char decimal_extension = 1;

/// It is followed by as many bytes as its head says, which are no values.
[[nodiscard]] constexpr bool holds_bytes(Kind kind) noexcept {
  return kind == Kind::string || kind == Kind::decimal || kind == Kind::binary;
}

[[nodiscard]] Head read_head(std::string_view bytes) noexcept;

}  // namespace prun::wire::detail
