// Rewrites a Python value as JSON: 'text' becomes "text"; True, False and None become true, false and null. Everything else
// stays unchanged, for the JSON parser to check. It does not know what follows the value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun {

struct PythonValue {
  std::string json;
  std::size_t size = 0;              ///< of the value in the original text
  std::vector<std::size_t> offsets;  ///< the original position of each byte of `json`

  [[nodiscard]] std::size_t offset_of(std::size_t json_offset) const noexcept {
    return json_offset < offsets.size() ? offsets[json_offset] : size;
  }
};

/// The value at the start of `text`. It ends before the first space, ',' or ')' outside its brackets and strings.
[[nodiscard]] PythonValue rewrite_python_value(std::string_view text);

}  // namespace prun
