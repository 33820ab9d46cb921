// The texts of -h, --help and --version. They are made of the tables of words and options, so that they cannot disagree
// with them. No line is longer than 80 columns.
#pragma once

#include "command_words.hpp"

#include <string>
#include <string_view>

namespace prun::app {

/// -h: at most 25 lines, examples first.
[[nodiscard]] std::string short_help();
[[nodiscard]] std::string short_help_for(const CommandWord& command);

/// --help: everything.
[[nodiscard]] std::string general_help();
[[nodiscard]] std::string help_for(const CommandWord& command);

[[nodiscard]] std::string version_text();

/// How this binary was built, and what the system offers it.
[[nodiscard]] std::string build_text();

/// How functions, inputs and exit statuses are written, as paragraphs of --help.
extern const std::string_view functions_help;
extern const std::string_view inputs_help;
extern const std::string_view placeholders_help;
extern const std::string_view config_help;
extern const std::string_view exit_status_help;

/// `prun agent --help`
[[nodiscard]] std::string agent_help();

}  // namespace prun::app
