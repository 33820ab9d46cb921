// Converts one input - a word of the command line, a line of standard input - to a value: JSON, or otherwise a string. It
// does not know ranges or the purpose of the value.
#pragma once

#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// How an input is read.
enum class InputForm : std::uint8_t {
  json,    ///< as described below
  string,  ///< for a string parameter: a JSON string or array is parsed, any other text is unchanged, also null
  text,    ///< the text unchanged
};

/// Appends `text` to `value` as a value (wire/value.hpp):
/// - text that begins with a JSON bracket or quote must be JSON: `[2,4]`, `{"a":1}`, `"text"`; space around it is allowed;
/// - JSON numbers, true, false and null are parsed;
/// - any other text is a string, unchanged: hello, a.log, 1.2.3, 007, 1..5, a name with bytes that are not UTF-8.
/// If an integer in it does not fit 64 bits, `defect` says so.
/// On error `value` is unchanged.
[[nodiscard]] tl::expected<void, TextError> append_input_value(std::string_view text, std::string& value,
                                                               std::string& defect, InputForm form = InputForm::json);

/// Returns true if `text` is a number, true, false or null of JSON.
[[nodiscard]] bool is_json_scalar_word(std::string_view text) noexcept;

}  // namespace prun
