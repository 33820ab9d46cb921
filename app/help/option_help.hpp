// The options' parts of help texts, made of the entries.
#pragma once

#include "command_words.hpp"
#include "options/option.hpp"
#include "options/option_groups.hpp"

#include <string>

namespace prun::app {

/// "-j, --jobs, --workers N|P%"
[[nodiscard]] std::string option_heading(const Option& option);

/// A row: the option's names, and its help.
/// Returns a sentence about the names of GNU parallel for the option. The option has some.
[[nodiscard]] std::string other_names_text(const Option& option);

void append_option(std::string& out, const Option& option);

/// Every option of the group that one of the words takes, below the group's title; nothing if there is none.
void append_group(std::string& out, const OptionGroup& group, WordSet takers);

/// All groups.
[[nodiscard]] std::string describe_options(WordSet takers);

}  // namespace prun::app
