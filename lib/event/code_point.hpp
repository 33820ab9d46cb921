// One character of UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace prun {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  ///< 0: no valid UTF-8 here
};

/// Decodes the code point at the start of `text`, which is not empty, strictly: no overlong form, no surrogate, nothing above
/// U+10FFFF.
[[nodiscard]] CodePoint decode_utf8(std::string_view text) noexcept;

}  // namespace prun
