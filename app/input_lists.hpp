// The inputs on a command line as lists: the INPUT words of a command, and what stands behind `:::` and its kin. It does
// not know what reads them.
#pragma once

#include "options/command_line.hpp"
#include "options/option_values.hpp"

#include "input/commands/command_inputs.hpp"
#include "input/open_source.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// Returns the place among the words where the lists begin: their number where there are none. Behind `--` the words of
/// a command may have lists, but inputs of `--cmd` and `--sh` are taken as they are.
[[nodiscard]] std::size_t place_of_lists(const CommandLine& line, const CommandValues& values);

/// Returns the lists of a command's inputs, in their order.
/// @throws UsageError
[[nodiscard]] std::vector<InputList> command_lists(const CommandLine& line, const CommandValues& values);

/// Returns which word only looks like a range, of those that may be one, and what to write: of `1-10`, where no such
/// file is.
[[nodiscard]] std::optional<std::string> range_advice(const std::vector<InputList>& lists);

/// Returns which of several lists is empty, such as that of `::: $files` where the variable is empty: every combination needs an
/// input of each list.
[[nodiscard]] std::optional<std::string> empty_list_advice(const CommandInputOptions& inputs);

/// Sets the words of a function and its inputs, and which of them are taken as they are.
/// @throws UsageError for what only commands have: files of inputs, several lists
void take_function_words(const CommandLine& line, InputOptions& input);

}  // namespace prun::app
