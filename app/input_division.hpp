// How the inputs of a command are divided among its tasks: single inputs, rows of columns, blocks of records.
#pragma once

#include "options/command_line.hpp"
#include "options/option_values.hpp"

#include "command/command_template.hpp"
#include "input/commands/command_inputs.hpp"

#include <cstddef>

namespace prun::app {

/// @throws UsageError where options do not fit together
[[nodiscard]] CommandInputOptions divided_inputs(const CommandLine& line, const CommandValues& values);

/// The bytes of inputs that fit into one command: the system's limit for arguments and environment together, less what xargs leaves as
/// well.
[[nodiscard]] std::size_t room_for_inputs(const command::CommandTemplate& parsed, bool is_script);

}  // namespace prun::app
