// Between values (wire/value.hpp) and Python's objects. Called while the interpreter is held.
#pragma once

#include "python/inside/helpers.hpp"
#include "python/inside/interpreter.hpp"
#include "wire/value.hpp"

#include <string>
#include <string_view>

namespace prun::python {

/// Python has raised an exception, which is set.
struct Raised {};

/// A null: None; an array: a list; a map: a dict; an integer of any length: an int; a string that is not UTF-8 keeps its bytes
/// as Python's file names do (surrogateescape). @throws wire::DecodeError, Raised
[[nodiscard]] Ref to_object(wire::ValueReader& value);

/// The arguments of a call: a tuple of the array's elements.
[[nodiscard]] Ref to_tuple(std::string_view array);

/// It is None, or a bool, int, float, str, bytes, list, tuple or dict: no helper need look at it.
[[nodiscard]] bool is_plain(Object* object);

/// Appends what is plain, and what the helpers make of the rest. @throws SerializationError, Raised
void append_value(std::string& out, Object* object, const Helpers& helpers);

}  // namespace prun::python
