// The error messages for arguments that a C++ function cannot take.
#include "function/value_codec.hpp"

#include "function/excerpt.hpp"

namespace prun::detail {

void throw_mismatch(std::string_view wanted, const wire::ValueReader& reader) {
  throw ArgumentError(fmt::format(" must be {}, got {}", wanted, excerpt(reader.rest())));
}

void throw_misfit(const wire::ValueReader& reader, std::size_t width, bool is_signed) {
  throw ArgumentError(fmt::format(" = {} does not fit {} integer of {} bits", excerpt(reader.rest()),
                                  is_signed ? "a signed" : "an unsigned", 8 * width));
}

}  // namespace prun::detail
