// Between Python's objects and bytes. A few plain types have a form of their own; everything else is pickled by Python.
//
//   N T F             None, True, False
//   k int32, i int64  an int; a longer one is pickled
//   f double          a float
//   s size UTF-8      a str; b size bytes: bytes (sizes are uint64)
//   t l count items   a tuple, a list; d count keys and values: a dict (counts are uint64)
//   P size pickle     any other object
//   Q size text       the same, with large buffers in shared memory (prun/_segments.py)
//
// A container that anything beside its holder refers to is pickled: then pickle keeps who shares it.
#pragma once

#include "pypackage/api.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::pypackage {

/// @throws Raised where the object cannot be pickled; then nothing is appended
/// @param in_place large buffers too are put there, and not in shared memory, from which they can be taken only once
void encode(std::string& out, Object* object, bool in_place = false);

/// As of an int of that value.
void encode_int(std::string& out, std::int64_t value);

/// Reads one object off the front of `in`. @throws Raised
[[nodiscard]] Ref decode(std::string_view& in);

/// The same. What is raised says what it was that could not be made: "an argument". @throws Raised
[[nodiscard]] Ref decode(std::string_view& in, const char* what);

/// The object is one that pickle has made: then only its pickle is left of `in`.
[[nodiscard]] bool is_pickle(std::string_view& in);

/// Passes over one object.
void skip(std::string_view& in);

}  // namespace prun::pypackage
