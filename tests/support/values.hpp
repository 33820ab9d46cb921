// Encoded values, as tests write them down and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::test {

[[nodiscard]] std::string value(std::int64_t number);
/// A string.
[[nodiscard]] std::string value(std::string_view text);
/// The value that stands in JSON. @throws std::invalid_argument
[[nodiscard]] std::string json_value(std::string_view json);
/// `[number]`: the arguments of a call with one.
[[nodiscard]] std::string array_of(std::int64_t number);
/// The value as JSON.
[[nodiscard]] std::string json_of(std::string_view value);

}  // namespace prun::test
