// The C types that arguments and results of C functions may have: their names and their values. It does not know libffi.
#pragma once

#include "function/function.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace prun::native {

/// By representation: `long` is a 64-bit integer here.
enum class CType : std::uint8_t {
  nothing,
  boolean,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  float32,
  float64,
  long_double,
  text,
};

/// The type for words without qualifiers, such as "unsigned long int" or "size_t". The parser handles pointers.
[[nodiscard]] std::optional<CType> c_type_named(std::span<const std::string_view> words) noexcept;

/// Returns true for words of type names: "unsigned", "int", "uint8_t", "const".
[[nodiscard]] bool is_type_word(std::string_view word) noexcept;

/// For messages: "int32_t", "char*".
[[nodiscard]] const char* name_of(CType type) noexcept;

/// prun's type for its values.
[[nodiscard]] ParameterType parameter_type(CType type) noexcept;

}  // namespace prun::native
