// Parses the name of a C function with its types, as the user writes it: `libm.so.6:cbrt(double)->double`. It loads nothing.
#pragma once

#include "native/c_type.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun::native {

struct CParameter {
  CType type = CType::nothing;
  std::string name;  ///< as written, or arg, arg1, arg2
};

inline constexpr std::size_t most_parameters = 32;

struct CSignature {
  std::string library;  ///< a path, or a name for the dynamic linker to search
  std::string symbol;
  std::vector<CParameter> parameters;
  CType result = CType::nothing;
};

/// Returns true if the text looks like a C function with its types: `x:y(...) ->`, or `x.so:y(` and a type.
[[nodiscard]] bool looks_like_c_signature(std::string_view text) noexcept;

/// Spaces are allowed between words, and parameters may have names: `pow(double base, double exponent) -> double`.
/// @return what is wrong, with a mark at the place, and the right form
[[nodiscard]] tl::expected<CSignature, std::string> parse_c_signature(std::string_view text);

}  // namespace prun::native
