// A command line as a person writes it, split into words as a shell splits them. Expands nothing: no variables, no globs.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

struct WordsError {
  std::string message;
  std::size_t offset = 0;  ///< of the byte at fault
};

/// Blanks separate; 'single quotes' keep everything, "double quotes" everything but \" \\ \$ \` and \newline, a backslash
/// outside of quotes keeps the next character (POSIX shell, 2.2 Quoting).
[[nodiscard]] tl::expected<std::vector<std::string>, WordsError> split_words(std::string_view text);

/// Appends `word` so that a POSIX shell reads it back as that one word, whatever bytes it has.
void append_quoted(std::string& out, std::string_view word);

/// Words as one could type them: each quoted where it must be.
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);

}  // namespace prun::command
