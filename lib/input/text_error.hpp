// An error in a text: what is wrong and where. Formats it for the user: place, message, the line, and a caret under the
// place. It does not interpret the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

struct TextError {
  std::string message;     ///< without the place
  std::size_t offset = 0;  ///< of the faulty byte; at most the size of the text
};

/// Counted from 1. Columns are UTF-8 characters, not bytes.
struct Place {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

/// The number of UTF-8 characters in `text`.
[[nodiscard]] std::size_t character_count(std::string_view text) noexcept;

/// `text` for a terminal: control characters and bytes that are not UTF-8 become U+FFFD, a tab becomes a space.
[[nodiscard]] std::string printable_line(std::string_view text);

/// Two lines: the part of `line` around `offset`, at most about 76 characters, and a caret below.
[[nodiscard]] std::string marked_line(std::string_view line, std::size_t offset);

/// `name:3:14: message`, then the excerpt.
[[nodiscard]] std::string located(std::string_view name, Place place, std::string_view message, std::string_view line,
                                  std::size_t offset);

}  // namespace prun
