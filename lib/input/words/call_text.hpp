// Parses a call in program notation: `fib(8)`, `ackermann(m=2, n=4)`, `sha256('text')`. It does not know which functions
// exist.
#pragma once

#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

struct Call {
  std::string function;
  std::string args;             ///< an array, wire/value.hpp
  std::string kwargs;           ///< a map; empty: none
  std::string defect;           ///< if not empty: which argument cannot be passed on exactly
  std::size_t args_offset = 0;  ///< of the first argument in the text
};

/// Returns true if the text looks like a call: a name followed by '('.
[[nodiscard]] bool looks_like_call(std::string_view text) noexcept;

/// The name before '(' in a text that looks like a call.
[[nodiscard]] std::string_view called_name(std::string_view text) noexcept;

/// Arguments are JSON values, or Python's strings in single quotes, True, False and None. Arguments with a name, `n=4`, come
/// last.
[[nodiscard]] tl::expected<Call, TextError> parse_call(std::string_view text);

}  // namespace prun
