// `1..39`, `39..1`, `1..39..2`: a range as a shell's braces write it. It does not know what it is an input of.
#pragma once

#include "input/text_error.hpp"
#include "task/range.hpp"

#include <tl/expected.hpp>

#include <string_view>

namespace prun {

/// The text is meant as a range: an integer, then two dots. (`../a`, `a..b` and `1.2.3` are not.)
[[nodiscard]] bool looks_like_range(std::string_view text) noexcept;

/// Both bounds belong to the range where the step meets them; the bounds alone give the direction, whatever the sign of
/// the step (as in bash: 1..10..-2 is 1 3 5 7 9). Refused: a bound or step beyond 64 bits, a step of 0, more than 2^64
/// - 1 elements.
[[nodiscard]] tl::expected<IntRange, TextError> parse_range(std::string_view text);

}  // namespace prun
