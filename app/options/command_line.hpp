// A command line, split into options and words by CLI11. Values are still text. It knows neither what an option means
// nor which options fit together.
#pragma once

#include "options/line_form.hpp"
#include "options/option.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// An option with its value. Of an option that is not repeatable, only the last occurrence is kept.
struct GivenOption {
  const Option* option;
  std::string text;
};

/// Without a mode the first word is `imap`: `prun gzip ::: a` is split as `prun imap -- gzip ::: a`.
struct CommandLine {
  std::vector<GivenOption> options;      ///< in the order of the entries
  std::vector<std::string> words;        ///< what is no option: the mode, the function, the inputs
  std::optional<std::size_t> dashes_at;  ///< `--` ended the options: how many words stand before it
  std::optional<std::size_t> lists_at;   ///< a list sign such as `:::` ended the options: its place among the words
  LineForm form = LineForm::word;

  /// Returns the option if it was given, or null.
  /// @param name as in Option::name()
  [[nodiscard]] const GivenOption* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
};

/// Returns true for `:::`, `:::+`, `::::` and `::::+`, which begin a list of inputs.
[[nodiscard]] bool is_list_sign(std::string_view word) noexcept;

/// Returns true for `--` and the list signs: no word after the first of them is an option.
[[nodiscard]] bool ends_options(std::string_view word) noexcept;

/// Returns true for `-j` and `--jobs`, and false for `-`, `-5` and `-.5`, which are words.
[[nodiscard]] bool looks_like_option(std::string_view word) noexcept;

/// Splits the command line. A word that begins with `-` and a digit is an input, except `-0`.
/// @throws UsageError for an option that does not exist (with the nearest name) or that lacks its value
[[nodiscard]] CommandLine split_command_line(int argc, const char* const* argv);

}  // namespace prun::app
