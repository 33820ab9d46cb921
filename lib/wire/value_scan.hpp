// Checks one whole value of any nesting, without recursion, allocation or exceptions. It does not decode the
// contents.
#pragma once

#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace prun::wire::detail {

enum class ScanFault : std::uint8_t { none, cut_short, foreign_tag, too_deep, key_not_string };

struct ScanResult {
  ScanFault fault = ScanFault::none;
  std::size_t length = 0;    ///< length of a valid value, otherwise the offset of the faulty part
  Kind kind = Kind::null;    ///< kind of the faulty part
  std::uint64_t number = 0;  ///< the tag, if it is unknown
};

/// Scans the value at the start of `bytes`; more bytes may follow.
[[nodiscard]] ScanResult scan_value(std::string_view bytes) noexcept;

}  // namespace prun::wire::detail
