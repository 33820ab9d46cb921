// The inputs on a command line as lists: the INPUT words of a command, and what stands behind `:::` and its kin. It does
// not know what reads them.
#pragma once

#include "option_texts.hpp"

#include "input/command_inputs.hpp"
#include "input/open_source.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// Returns the place among the words where the lists begin: their number where there are none. Behind `--` the words of
/// a command may have lists, but inputs of `--cmd` and `--sh` are taken as they are.
[[nodiscard]] std::size_t place_of_lists(const OptionTexts& texts);

/// Returns the lists of a command's inputs, in their order.
/// @param words_are_inputs false: the words in front of the lists are the command
/// @throws UsageError
[[nodiscard]] std::vector<InputList> command_lists(const OptionTexts& texts, bool words_are_inputs);

/// Returns which word only looks like a range, of those that may be one, and what to write: of `1-10`, where no such
/// file is.
[[nodiscard]] std::optional<std::string> range_advice(const std::vector<InputList>& lists);

/// Sets the words of a function and its inputs, and which of them are taken as they are.
/// @throws UsageError for what only commands have: files of inputs, several lists
void take_function_words(const OptionTexts& texts, InputOptions& input);

}  // namespace prun::app
