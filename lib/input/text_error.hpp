// What is wrong with a text and where, and how that is shown to a person: place, message, the line, a caret under the
// place. It does not know what the text means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

struct TextError {
  std::string message;     ///< without the place
  std::size_t offset = 0;  ///< of the byte at fault; at most the text's size
};

/// Counted from 1; columns are characters of UTF-8, not bytes.
struct Place {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

/// The number of UTF-8 characters in `text`.
[[nodiscard]] std::size_t character_count(std::string_view text) noexcept;

/// `text` for a terminal: control characters and bytes that are not UTF-8 become U+FFFD, a tab a space.
[[nodiscard]] std::string printable_line(std::string_view text);

/// Two lines: the part of `line` around `offset`, at most some 76 characters, and a caret under it.
[[nodiscard]] std::string marked_line(std::string_view line, std::size_t offset);

/// `name:3:14: message`, then the excerpt.
[[nodiscard]] std::string located(std::string_view name, Place place, std::string_view message, std::string_view line,
                                  std::size_t offset);

}  // namespace prun
