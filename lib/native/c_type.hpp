// The C types that arguments and results of C functions may have: their names and their values. It does not know libffi.
#pragma once

#include "function/function.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace prun::native {

/// By representation: `long` is an integer of 64 bits here.
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

/// Of a type's words without qualifiers, such as "unsigned long int" or "size_t"; pointers are the parser's matter.
[[nodiscard]] std::optional<CType> c_type_named(std::span<const std::string_view> words) noexcept;

/// May stand in a type's name: "unsigned", "int", "uint8_t", "const".
[[nodiscard]] bool is_type_word(std::string_view word) noexcept;

/// For people: "int32_t", "char*".
[[nodiscard]] const char* name_of(CType type) noexcept;

/// What prun calls values of it.
[[nodiscard]] ParameterType parameter_type(CType type) noexcept;

}  // namespace prun::native
