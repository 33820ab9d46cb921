// Adds the options of the configuration to a command line. The command line wins, and an option that does not fit it is left out.
#pragma once

#include "config/config_files.hpp"
#include "options/command_line.hpp"

#include <string>
#include <vector>

namespace prun::app {

/// @param word the mode of the command line
/// @param runs_commands options of commands fit
/// @return the options that were added, as words that mean them on a command line
/// @throws UsageError for a line that is wrong, whether or not it fits, with its file and line
std::vector<std::string> add_config(const std::vector<ConfigLine>& lines, const CommandWord& word, bool runs_commands,
                                    CommandLine& line);

}  // namespace prun::app
