// Answers questions about JSON text that its parser does not answer. It knows the grammar of JSON, not tasks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace prun {

inline constexpr std::string_view json_space = " \t\r\n";

[[nodiscard]] std::string_view without_space_around(std::string_view text) noexcept;

/// The whole text is a JSON number: 42, -1.5e3; not 007, +1, 1. or 1.2.3.
[[nodiscard]] bool is_json_number(std::string_view text) noexcept;

/// "an integer does not fit 64 bits: 123...", for the first such integer in a JSON text that contains one.
[[nodiscard]] std::string describe_big_integer(std::string_view json);

/// The position of a member of an object in its text.
struct MemberPlace {
  std::size_t key = 0;    ///< its opening quote
  std::size_t value = 0;  ///< its first byte
};

/// @param json one well-formed object
/// @param key as written between its quotes
[[nodiscard]] std::optional<MemberPlace> find_member(std::string_view json, std::string_view key) noexcept;

/// The offset of element `index` in the text of one well-formed array.
[[nodiscard]] std::optional<std::size_t> find_element(std::string_view json, std::size_t index) noexcept;

}  // namespace prun
