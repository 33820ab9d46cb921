// What was meant by a first word that is neither a mode nor a program: a mistyped mode, a function, a call. It runs nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// Returns what is wrong, and the command line that was very likely meant.
/// @param command_line as it was typed, with the name of the program @param word_at the place of its first word
/// @param problem what is wrong if nothing else was very likely meant
[[nodiscard]] std::string describe_unknown_program(const std::vector<std::string>& command_line, std::size_t word_at,
                                                   std::string_view problem);

/// Returns the command line that was very likely meant if the word is a call of a function, such as `fib(8)`; else nothing.
[[nodiscard]] std::string describe_call(const std::vector<std::string>& command_line, std::size_t word_at);

/// Returns what was meant by `imap wc -l`: a command behind a mode, with an option that is none of prun's; else nothing.
/// @param words the mode and all words after it that are no options of prun
[[nodiscard]] std::string describe_command_in_mode(const std::vector<std::string>& words);

}  // namespace prun::app
