// Converts values (wire/value.hpp) to Python objects and back. Called while the interpreter is held.
#pragma once

#include "python/inside/helpers.hpp"
#include "python/inside/interpreter.hpp"
#include "wire/value.hpp"

#include <string>
#include <string_view>

namespace prun::python {

/// Python has raised an exception, which is the current exception.
struct Raised {};

/// A null becomes None, an array a list, a map a dict, an integer of any length an int. A string that is not UTF-8 keeps its
/// bytes as Python's file names do (surrogateescape). @throws wire::DecodeError, Raised
[[nodiscard]] Ref to_object(wire::ValueReader& value);

/// The arguments of a call: a tuple of the array's elements.
[[nodiscard]] Ref to_tuple(std::string_view array);

/// Returns true for None, bool, int, float, str, bytes, list, tuple and dict, which need no helper.
[[nodiscard]] bool is_plain(Object* object);

/// Appends a plain object, or the object to which the helpers convert it. @throws SerializationError, Raised
void append_value(std::string& out, Object* object, const Helpers& helpers);

}  // namespace prun::python
