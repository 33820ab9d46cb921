// Text in at most 80 columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

inline constexpr std::size_t help_width = 80;

/// One piece of an option's `details`.
struct Paragraph {
  bool example = false;  ///< `text` is lines that are shown as they are
  std::string text;      ///< otherwise: sentences, in one line
};

/// Splits `details` (options/option.hpp) into paragraphs.
[[nodiscard]] std::vector<Paragraph> paragraphs_of(std::string_view details);

/// Appends words to a line, and breaks it where it would be wider than help_width.
/// @param column how many columns of the current line are in use
/// @param indent the spaces before each further line
void append_wrapped(std::string& out, std::string_view text, std::size_t column, std::size_t indent);

/// Two columns: `left` at column 2, and `right` from `column` on, in as many lines as it needs.
void append_row(std::string& out, std::string_view left, std::string_view right, std::size_t column);

/// Returns `details` as plain text.
[[nodiscard]] std::string plain_text(std::string_view details);

}  // namespace prun::app
