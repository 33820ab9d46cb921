// Between JSON text and values. Integers are exact: one that does not fit 64 bits keeps its digits and is reported, never
// rounded to a float.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::wire {

/// Where and why a text is not JSON (or not JSON that prun can keep exactly).
struct JsonError {
  std::string message;     ///< "unexpected ']', expected a value", without the place
  std::size_t offset = 0;  ///< of the byte at fault, from the start of the text
};

struct ParsedJson {
  bool big_integer = false;  ///< an integer did not fit 64 bits; it stands in the value as a Kind::decimal
  /// Of an object as the whole text: where a key comes for the second time; npos: nowhere.
  std::size_t repeated_key = std::string_view::npos;
};

/// Appends the one JSON value in `text` (white space around it allowed) to `out` as a value; object keys keep their
/// order. Of a key that comes twice the last value counts, as for Python. On error `out` is as before.
[[nodiscard]] tl::expected<ParsedJson, JsonError> parse_json(std::string_view text, std::string& out);

/// Appends `value` as compact JSON: `{"a":[1,2.0,"x"]}`. Floats print in the shortest form that reads back the same and
/// keep a mark of being a float. JSON has no not-a-number and no infinities: they print as "NaN", "Infinity" and "-Infinity".
/// Bytes print as a string in Base64.
/// @throws DecodeError where `value` is no value
void append_json(std::string& out, std::string_view value);

/// Appends JSON text of a string, quoted; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace prun::wire
