// Values as people read them: strings bare, numbers shortest, the rest compact JSON; arguments as Python writes them,
// `(0, 0)`, and calls as `ackermann(2, 4)`. It does not know lines, widths or times.
#pragma once

#include "event/task_event.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Neither an array nor a map.
[[nodiscard]] bool is_scalar(std::string_view value);
[[nodiscard]] bool is_number(std::string_view value);

/// There are keyword arguments: not empty, and not an empty map.
[[nodiscard]] bool has_kwargs(std::string_view kwargs);

/// The value where `args` holds exactly one and there are no keyword arguments; else empty.
[[nodiscard]] std::string_view only_argument(std::string_view args, std::string_view kwargs);

/// A value: a string as its bytes are, anything else on one line.
void append_value(std::string& out, std::string_view value);

/// As `append_value`, on one line and without anything that a terminal would obey (event/printable.hpp).
void append_printable_value(std::string& out, std::string_view value);

/// The arguments: one alone as a value, others as `(0, "a", base=2)`, none as `()`.
void append_args(std::string& out, std::string_view args, std::string_view kwargs);

/// `ackermann(2, 4)`; strings are quoted.
void append_call(std::string& out, const TaskEvent& event);

/// As `append_call`, or the call as its function tells it, made short for a message: long arguments are cut, so that a call
/// with a huge one stays a line.
void append_short_call(std::string& out, const TaskEvent& event);

/// Fills up what stands in `out` from `from` on with blanks on its left, to `width` characters.
void pad_left(std::string& out, std::size_t from, std::size_t width);

}  // namespace prun
