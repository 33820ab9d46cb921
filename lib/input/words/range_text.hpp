// Ranges as a shell's braces write them: `1..39`, `39..1..2`, `001..100`, `a..e`, and with decimals `0.1..1.0..0.1`. It does
// not know what a range is an input of.
#pragma once

#include "input/text_error.hpp"
#include "task/range.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// A range, and how its elements are written. All arithmetic is that of integers, so every element is exact.
struct TextRange {
  enum class Kind : std::uint8_t {
    integers,
    padded,    ///< integers with zeros in front: text of `digits` characters, the sign among them
    decimals,  ///< numbers with `digits` decimals; `numbers` holds them without the point
    letters,   ///< `numbers` holds their codes
  };
  IntRange numbers;
  Kind kind = Kind::integers;
  std::size_t digits = 0;

  /// Appends the element at position `i`, below numbers.count, as it is written.
  void append_text(std::uint64_t i, std::string& out) const;
  /// Appends the element as a value (wire/value.hpp): a number, of padded and letters a string.
  void append_value(std::uint64_t i, std::string& out) const;

  friend bool operator==(const TextRange&, const TextRange&) = default;
};

/// Returns true where the text is meant as a range: an integer, then two dots, whatever follows; or, as a whole, a range
/// of decimals or letters. (`../a`, `a..bc`, `1.5..x` and `1.2.3` are not.)
[[nodiscard]] bool looks_like_range(std::string_view text) noexcept;

/// Both bounds belong to the range where the step meets them. The bounds alone give the direction, whatever the sign of
/// the step (as in bash: 1..10..-2 is 1 3 5 7 9). Refused: a number beyond 64 bits (of decimals, without the point), a
/// step of 0, more than 2^64 - 1 elements.
[[nodiscard]] tl::expected<TextRange, TextError> parse_range(std::string_view text);

/// Returns what to write instead of a word that only looks like a range or list of numbers (`1-10`, `{1..10}`, `1,2,3`):
/// "; a range is written 1..10". Empty for any other word.
[[nodiscard]] std::string range_hint(std::string_view word);

}  // namespace prun
