// One input as a person writes it - a word of the command line, a line of standard input - to a value: JSON, or else a
// bare word, which is a string. It does not know ranges, and not what the value is for.
#pragma once

#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace prun {

/// Appends `text` to `value` as a value (wire/value.hpp):
/// - what begins like JSON's brackets or quotes must be JSON: `[2,4]`, `{"a":1}`, `"text"`; space around it is allowed;
/// - a JSON number, true, false and null are those;
/// - everything else is a string as it stands: hello, a.log, 1.2.3, 007, 1..5, a name with bytes that are not UTF-8.
/// Where an integer in it does not fit 64 bits, `defect` says so and the value has its digits in a string.
/// On error `value` is as before.
[[nodiscard]] tl::expected<void, TextError> append_input_value(std::string_view text, std::string& value,
                                                               std::string& defect);

/// `text` is a number, true, false or null of JSON.
[[nodiscard]] bool is_json_scalar_word(std::string_view text) noexcept;

}  // namespace prun
