// What a command line says of a command to run: `--cmd`, `--sh`, or words behind `--`, with their inputs.
#pragma once

#include "options/command_line.hpp"
#include "options/option_values.hpp"

#include "command/command_run.hpp"
#include "command/command_template.hpp"
#include "input/commands/command_inputs.hpp"
#include "run/run_options.hpp"

#include <optional>
#include <string>

namespace prun::app {

struct CommandOptions {
  std::string name;  ///< the command as it was written
  command::CommandTemplate parsed;
  CommandInputOptions inputs;
  command::Streams streams = command::Streams::captured;
  bool tag = false;
  bool dry_run = false;
  bool terminal = false;              ///< each command runs in the foreground of the terminal
  std::optional<std::string> advice;  ///< what was very likely not meant
};

/// Absent where the command line names no command. @throws UsageError
[[nodiscard]] std::optional<CommandOptions> command_options(const CommandLine& line, const OptionValues& values,
                                                            Mode mode, bool stdin_is_terminal);

}  // namespace prun::app
