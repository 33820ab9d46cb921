// Splits a command line into words as a shell does, without expansions: no variables, no globs.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

struct WordsError {
  std::string message;
  std::size_t offset = 0;  ///< of the faulty byte
};

/// Spaces separate words. 'Single quotes' keep everything, "double quotes" everything except \" \\ \$ \` and \newline. A
/// backslash outside quotes keeps the next character (POSIX shell, 2.2 Quoting).
[[nodiscard]] tl::expected<std::vector<std::string>, WordsError> split_words(std::string_view text);

/// Appends `word` so that a POSIX shell reads it as exactly that one word, whatever bytes it contains.
void append_quoted(std::string& out, std::string_view word);

/// Joins words by spaces, as they are.
[[nodiscard]] std::string joined_by_spaces(const std::vector<std::string>& words);

/// Joins words as a user could type them: quoted only if necessary.
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);

}  // namespace prun::command
