// Ranges in the syntax of shell braces: `1..39`, `39..1..2`, `001..100`, `a..e`, and with decimals `0.1..1.0..0.1`. It does
// not know what a range is used for.
#pragma once

#include "input/text_error.hpp"
#include "task/range.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// A range and the format of its elements. All arithmetic is on integers, so every element is exact.
struct TextRange {
  enum class Kind : std::uint8_t {
    integers,
    padded,    ///< integers with leading zeros: text of `digits` characters, the sign included
    decimals,  ///< numbers with `digits` decimals; `numbers` contains them without the point
    letters,   ///< `numbers` contains their codes
  };
  IntRange numbers;
  Kind kind = Kind::integers;
  std::size_t digits = 0;

  /// Appends the element at position `i`, which must be below numbers.count, as text.
  void append_text(std::uint64_t i, std::string& out) const;
  /// Appends the element as a value (wire/value.hpp): a number; a string for padded and letters.
  void append_value(std::uint64_t i, std::string& out) const;

  friend bool operator==(const TextRange&, const TextRange&) = default;
};

/// Returns true if the text is meant as a range: an integer and two dots, whatever follows; or, as a whole, a range of
/// decimals or letters. (`../a`, `a..bc`, `1.5..x` and `1.2.3` are not.)
[[nodiscard]] bool looks_like_range(std::string_view text) noexcept;

/// Both bounds belong to the range if the step meets them. Only the bounds determine the direction, not the sign of the step
/// (as in bash: 1..10..-2 is 1 3 5 7 9). Errors: a number beyond 64 bits (for decimals, without the point), a step of 0,
/// more than 2^64 - 1 elements.
[[nodiscard]] tl::expected<TextRange, TextError> parse_range(std::string_view text);

/// The text to suggest for a word that only resembles a range or list of numbers (`1-10`, `{1..10}`, `1,2-3`): "; a range is
/// written 1..10". Empty for any other word.
[[nodiscard]] std::string range_hint(std::string_view word);

/// The text to suggest for a list with ranges where a command takes it as text. With dots it is a product for a function (`0..3,0..4`):
/// "; for all combinations, write ::: 0..3 ::: 0..4". With a dash or a number it is a list: "; several inputs are separate words: 1..3
/// 5..7". Empty for any other word.
[[nodiscard]] std::string product_hint(std::string_view word);

}  // namespace prun
