// What the entries of the given options allow: which words take them, which values, and which go together. The errors
// come from the entries.
#pragma once

#include "command_words.hpp"
#include "options/command_line.hpp"
#include "options/option_values.hpp"

namespace prun::app {

/// Replaces entries that `word` does not take by entries of the same name that it takes.
/// @throws UsageError for an option that `word` does not take
void choose_entries(CommandLine& line, const CommandWord& word);

/// @throws UsageError for options that exclude each other, and for one that needs another
void check_combinations(const CommandLine& line);

/// Stores the values of all options. @throws UsageError for a value that its option does not take
void take_values(const CommandLine& line, OptionValues& values);

}  // namespace prun::app
