// Formats values for people: strings unquoted, numbers in their shortest form, others as compact JSON; arguments as in
// Python, `(0, 0)`, and calls as `ackermann(2, 4)`. It does not know lines, widths or times.
#pragma once

#include "event/task_event.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Returns true if the value is neither an array nor a map.
[[nodiscard]] bool is_scalar(std::string_view value);
[[nodiscard]] bool is_number(std::string_view value);

/// Returns true if there are keyword arguments: not empty, and not an empty map.
[[nodiscard]] bool has_kwargs(std::string_view kwargs);

/// The value, if `args` has exactly one and there are no keyword arguments; otherwise empty.
[[nodiscard]] std::string_view only_argument(std::string_view args, std::string_view kwargs);

/// A value: a string as its bytes, anything else on one line.
void append_value(std::string& out, std::string_view value);

/// Like `append_value`, but on one line and without terminal control characters (event/printable.hpp).
void append_printable_value(std::string& out, std::string_view value);

/// The arguments: a single one as a value, several as `(0, "a", base=2)`, none as `()`.
void append_args(std::string& out, std::string_view args, std::string_view kwargs);

/// `ackermann(2, 4)`; strings are quoted.
void append_call(std::string& out, const TaskEvent& event);

/// Like `append_call`, or the form that the function defines, shortened for a message: long arguments are cut, so that a
/// call with a huge argument is still one line.
void append_short_call(std::string& out, const TaskEvent& event);

/// Pads the text of `out` from `from` on with spaces on the left, to `width` characters.
void pad_left(std::string& out, std::size_t from, std::size_t width);

}  // namespace prun
