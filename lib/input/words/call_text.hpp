// A call in the notation of a program: `fib(8)`, `ackermann(m=2, n=4)`, `sha256('text')`. It does not know which
// functions there are.
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
  std::string defect;           ///< not empty: what in the arguments cannot be passed on exactly
  std::size_t args_offset = 0;  ///< of the first argument in the text
};

/// The text is meant as a call: a name and '(' behind it.
[[nodiscard]] bool looks_like_call(std::string_view text) noexcept;

/// The name in front of '(', of a text that looks like a call.
[[nodiscard]] std::string_view called_name(std::string_view text) noexcept;

/// Arguments are JSON values, and what Python writes besides: strings in single quotes, True, False and None. Those
/// with a name, `n=4`, come last.
[[nodiscard]] tl::expected<Call, TextError> parse_call(std::string_view text);

}  // namespace prun
