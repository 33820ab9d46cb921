// Converts JSON text to values and back. Integers are exact: an integer that does not fit 64 bits keeps its digits and is
// reported. It is never rounded to a float.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::wire {

/// Where and why a text is not JSON, or not JSON that prun can store exactly.
struct JsonError {
  std::string message;     ///< "unexpected ']', expected a value", without the position
  std::size_t offset = 0;  ///< of the faulty byte, from the start of the text
};

struct ParsedJson {
  bool big_integer = false;  ///< an integer did not fit 64 bits; the value has it as a Kind::decimal
  /// If the whole text is an object: the offset of the first key that occurs a second time; npos: none.
  std::size_t repeated_key = std::string_view::npos;
};

/// Appends the JSON value in `text` (white space around it is allowed) to `out`. Object keys keep their order. If a key
/// occurs twice, the last value counts, as in Python. On error `out` is unchanged.
[[nodiscard]] tl::expected<ParsedJson, JsonError> parse_json(std::string_view text, std::string& out);

/// Appends `value` as compact JSON: `{"a":[1,2.0,"x"]}`. Floats print in the shortest form that reads back the same, with a
/// decimal point or an exponent. JSON has no NaN and no infinities: they print as "NaN", "Infinity" and "-Infinity". Bytes
/// print as a Base64 string.
/// @throws DecodeError if `value` is not a value
void append_json(std::string& out, std::string_view value);

/// Appends `text` as a quoted JSON string. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace prun::wire
