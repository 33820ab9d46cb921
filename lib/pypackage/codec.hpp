// Converts Python objects to bytes and back. A few plain types have their own form. Python pickles all other objects.
//
//   N T F             None, True, False
//   k int32, i int64  an int; a longer one is pickled
//   f double          a float
//   s size UTF-8      a str; b size bytes: bytes (sizes are uint64)
//   t l count items   a tuple, a list; d count keys and values: a dict (counts are uint64)
//   P size pickle     any other object
//   Q size text       the same, with large buffers in shared memory (prun/_segments.py)
//
// A container with more than one reference is pickled, because pickle preserves shared references.
#pragma once

#include "pypackage/api.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::pypackage {

enum class Buffers : std::uint8_t {
  for_child,   ///< shared memory of this process, from which they can be taken only once
  for_master,  ///< the same, for the result of a worker
  in_place,    ///< beside the rest
};

/// Where arguments have their buffers: a call that is tried again needs them again.
[[nodiscard]] constexpr Buffers argument_buffers(std::uint32_t retries) noexcept {
  return retries == 0 ? Buffers::for_child : Buffers::in_place;
}

/// @throws Raised if the object cannot be pickled; then nothing is appended
/// @param buffers where large buffers are put
void encode(std::string& out, Object* object, Buffers buffers = Buffers::for_child);

/// Appends an int of that value.
void encode_int(std::string& out, std::int64_t value);

/// Reads one object from the front of `in` and removes it. @throws Raised
[[nodiscard]] Ref decode(std::string_view& in);

/// The same. The exception names the object that could not be created: "an argument". @throws Raised
[[nodiscard]] Ref decode(std::string_view& in, const char* what);

/// Returns true if the object is a pickle. Then `in` contains only the pickle.
[[nodiscard]] bool is_pickle(std::string_view& in);

/// Skips one object.
void skip(std::string_view& in);

}  // namespace prun::pypackage
