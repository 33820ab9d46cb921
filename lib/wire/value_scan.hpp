// Checks one whole value of any nesting without recursion, allocation or exceptions. It does not decode what it walks
// over.
#pragma once

#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace prun::wire::detail {

enum class ScanFault : std::uint8_t { none, cut_short, foreign_tag, too_deep, key_not_string };

struct ScanResult {
  ScanFault fault = ScanFault::none;
  std::size_t length = 0;    ///< of the value where it is sound, otherwise the offset of the part at fault
  Kind kind = Kind::null;    ///< of the part at fault
  std::uint64_t number = 0;  ///< of a foreign tag, the tag
};

/// The value that `bytes` begin with; more may follow it.
[[nodiscard]] ScanResult scan_value(std::string_view bytes) noexcept;

}  // namespace prun::wire::detail
