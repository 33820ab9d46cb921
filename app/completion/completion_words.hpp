// What the scripts of all shells are made of.
#pragma once

#include "command_words.hpp"
#include "options/option.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// Words that take the same options, and these options.
struct WordGroup {
  std::vector<std::string_view> words;
  std::vector<const Option*> options;
};

/// Returns the words that can stand first, those with equal options together.
[[nodiscard]] std::vector<WordGroup> word_groups();

/// Returns the options that may be given before the first word, which may be a mode or a command.
[[nodiscard]] std::vector<const Option*> options_before_words();

/// Returns the names of all options that take a value.
[[nodiscard]] std::vector<std::string_view> names_with_value();

[[nodiscard]] std::vector<std::string_view> names_of(const Option& option);
[[nodiscard]] std::string joined(const std::vector<std::string_view>& parts, std::string_view between);

/// `sem` and `xargs`, which read their options by themselves, with the long names of these.
struct ForeignWord {
  std::string_view word;
  std::vector<std::string> options;
};
[[nodiscard]] std::vector<ForeignWord> foreign_words();
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view between);

/// A shell command that prints the paths of shells.
inline constexpr std::string_view list_shells_command = "sed -n '/^\\//p' /etc/shells 2>/dev/null";

/// A shell command that prints the names of profiles.
inline constexpr std::string_view list_profiles_command =
    R"(sh -c 'ls /etc/prun/*.options "${XDG_CONFIG_HOME:-$HOME/.config}"/prun/*.options 2>/dev/null' | )"
    R"(sed -n 's|.*/\(.*\)\.options$|\1|p')";

/// The option --profile takes their names.
[[nodiscard]] inline bool takes_profile(const Option& option) { return option.name() == "--profile"; }

/// The end of a pipe after `prun functions FILE`: prints `FILE:FUNCTION` for each function.
inline constexpr std::string_view only_names_of_file =
    R"(2>/dev/null | sed -n 's/^\([^ (][^(]*:[A-Za-z_][A-Za-z0-9_]*\)(.*/\1/p')";

/// A shell command that prints the names of functions, one per line.
inline constexpr std::string_view list_functions_command =
    R"(prun functions 2>/dev/null | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)(.*/\1/p')";

}  // namespace prun::app
