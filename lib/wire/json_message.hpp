// Turns nlohmann's parse errors into plain sentences with the offset of the faulty byte. It does not parse.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <string_view>

namespace prun::wire::detail {

/// @param bytes_read number of bytes that the lexer had read; the end of the text counts as one
/// @param token the last token according to the lexer; exact only for numbers and strings
/// @param id nlohmann's error number
/// @param what nlohmann's message
[[nodiscard]] JsonError json_error(std::string_view text, std::size_t bytes_read, std::string_view token, int id,
                                   std::string_view what);

/// The offset of the opening quote of the string whose closing quote is the byte before `end`.
[[nodiscard]] std::size_t opening_quote(std::string_view text, std::size_t end);

/// At most 40 bytes of `text`, for a message. Never cuts a UTF-8 character.
[[nodiscard]] std::string_view shortened(std::string_view text);

}  // namespace prun::wire::detail
