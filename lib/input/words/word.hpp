// One INPUT word of the command line: a value, a range, or the Cartesian product of several. It does not know the
// function that the inputs are for.
//
// A word is, by the first that fits:
//   a range     1..39  39..1..2  001..100 an integer and two dots at its front; anything wrong behind is an error
//               0.1..1.0..0.1  a..e       decimals; letters: as a whole, or else it is no range
//   a product   0..3,0..4  0..3,fast  2,4 parts between commas, if one is a range or all are JSON numbers or words;
//                                         a part is a range, a JSON value or a bare word; the last varies fastest
//   a value     42  "text"  [2,4]         JSON; what begins with [ { or " and is not JSON is an error
//   a bare word hello  a.log  1.2.3  a,b  a string
#pragma once

#include "input/text_error.hpp"
#include "input/words/range_text.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace prun {

struct InputValue {
  std::string value;   ///< wire/value.hpp
  std::string defect;  ///< not empty: what in it cannot be passed on exactly
};

/// Its inputs are arrays, an element a part; there are `count` of them, made when asked for.
struct Product {
  using Part = std::variant<TextRange, InputValue>;
  std::vector<Part> parts;
  std::uint64_t count = 0;

  /// Overwrites `value` with the input at position `i`, below `count`.
  void assign(std::uint64_t i, std::string& value) const;
  /// Of the first part that has one; empty: none.
  [[nodiscard]] std::string_view defect() const noexcept;
};

using Input = std::variant<InputValue, TextRange, Product>;

/// @return the error's offset is a byte of `word`
[[nodiscard]] tl::expected<Input, TextError> parse_word(std::string_view word);

/// A word that is taken as it is: a JSON value or a string, as a line of standard input; never a range or a product.
[[nodiscard]] tl::expected<Input, TextError> parse_literal_word(std::string_view word);

}  // namespace prun
