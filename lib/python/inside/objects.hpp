// Between values (wire/value.hpp) and Python's objects. Called while the interpreter is held.
#pragma once

#include "python/inside/interpreter.hpp"
#include "wire/value.hpp"

#include <string>
#include <string_view>

namespace prun::python {

/// Python has raised an exception, which is set.
struct Raised {};

/// A null: None; an array: a list; a map: a dict; a string that is not UTF-8 keeps its bytes as Python's file names do
/// (surrogateescape). @throws wire::DecodeError, Raised
[[nodiscard]] Ref to_object(wire::ValueReader& value);

/// The arguments of a call: a tuple of the array's elements.
[[nodiscard]] Ref to_tuple(std::string_view array);

/// Appends None, bool, int, float, str, bytes, bytearray, list, tuple, dict with keys that are str or int, and what says that it is
/// an integer (`__index__`). @throws SerializationError for anything else, and for integers of more than 64 bits
void append_value(std::string& out, Object* object);

}  // namespace prun::python
