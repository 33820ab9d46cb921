// Puts nlohmann's parse errors into plain words with the offset of the byte at fault. It does not parse.
#pragma once

#include "wire/json.hpp"

#include <cstddef>
#include <string_view>

namespace prun::wire::detail {

/// @param bytes_read how many bytes the lexer had read, the end of the text counting as one
/// @param token what the lexer says it read last; exact for numbers and strings only
/// @param id nlohmann's number of the error
/// @param what its message
[[nodiscard]] JsonError json_error(std::string_view text, std::size_t bytes_read, std::string_view token, int id,
                                   std::string_view what);

/// The offset of the quote that opens the string whose closing quote is the byte before `end`.
[[nodiscard]] std::size_t opening_quote(std::string_view text, std::size_t end);

/// At most 40 bytes of `text`, for a message; never cut within a character of UTF-8.
[[nodiscard]] std::string_view shortened(std::string_view text);

}  // namespace prun::wire::detail
