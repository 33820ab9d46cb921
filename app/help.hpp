// The texts of --help. They are made of the tables of commands and options, so that they cannot disagree with them.
#pragma once

#include "command_words.hpp"

#include <string>

namespace prun::app {

[[nodiscard]] std::string general_help();
[[nodiscard]] std::string help_for(const CommandWord& command);
[[nodiscard]] std::string version_text();

}  // namespace prun::app
