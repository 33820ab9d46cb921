// One INPUT word of the command line: a value, a range, or the Cartesian product of several. It does not know the function
// that receives the inputs.
//
// The first of these that fits determines the kind of a word:
//   a range     1..39  39..1..2  001..100 begins with an integer and two dots; a fault after that is an error
//               0.1..1.0..0.1  a..e       decimals; letters: only if the whole word fits
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
  std::string defect;  ///< if not empty: which part cannot be passed on exactly
};

/// Its inputs are arrays with one element for each part. There are `count` of them, generated on demand.
struct Product {
  using Part = std::variant<TextRange, InputValue>;
  std::vector<Part> parts;
  std::uint64_t count = 0;

  /// Overwrites `value` with the input at position `i`, which must be below `count`.
  void assign(std::uint64_t i, std::string& value) const;
  /// The defect of the first part that has one; empty: none.
  [[nodiscard]] std::string_view defect() const noexcept;
};

using Input = std::variant<InputValue, TextRange, Product>;

/// @return the offset of the error is a byte of `word`
[[nodiscard]] tl::expected<Input, TextError> parse_word(std::string_view word);

/// A word without ranges and products: a JSON value or a string, as for a line of standard input.
[[nodiscard]] tl::expected<Input, TextError> parse_literal_word(std::string_view word);

}  // namespace prun
