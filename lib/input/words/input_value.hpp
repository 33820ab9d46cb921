// One input as a person writes it - a word of the command line, a line of standard input - to a value: JSON, or else a
// bare word, which is a string. It does not know ranges, and not what the value is for.
#pragma once

#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// How an input is read.
enum class InputForm : std::uint8_t {
  json,    ///< as below
  string,  ///< for a parameter that is a string: a JSON string or array is that, everything else is text as it stands
  text,    ///< as it stands
};

/// Appends `text` to `value` as a value (wire/value.hpp):
/// - what begins like JSON's brackets or quotes must be JSON: `[2,4]`, `{"a":1}`, `"text"`; space around it is allowed;
/// - a JSON number, true, false and null are those;
/// - everything else is a string as it stands: hello, a.log, 1.2.3, 007, 1..5, a name with bytes that are not UTF-8.
/// Where an integer in it does not fit 64 bits, `defect` says so.
/// On error `value` is as before.
[[nodiscard]] tl::expected<void, TextError> append_input_value(std::string_view text, std::string& value,
                                                               std::string& defect, InputForm form = InputForm::json);

/// `text` is a number, true, false or null of JSON.
[[nodiscard]] bool is_json_scalar_word(std::string_view text) noexcept;

}  // namespace prun
