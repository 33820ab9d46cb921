// What is said about each task of a command beside the command itself: its tag, its folder, the names of its files. Each is a text with
// placeholders.
#pragma once

#include "command_options.hpp"
#include "options/option_values.hpp"

namespace prun::app {

/// Sets the parts of `options`, whose command is known. @throws UsageError for a mistake in one of them
void take_parts(const OptionValues& values, CommandOptions& options);

}  // namespace prun::app
