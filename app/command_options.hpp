// What a command line says of a command to run: `--cmd`, `--sh`, words after `--` or without a mode, or a list of commands.
#pragma once

#include "command_text.hpp"
#include "options/command_line.hpp"
#include "options/option_values.hpp"

#include "command/command_run.hpp"
#include "command/command_template.hpp"
#include "input/commands/command_inputs.hpp"
#include "run/run_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

struct CommandOptions {
  std::string name;  ///< the command as it was written
  bool is_script = false;
  CommandText text;
  command::CommandTemplate parsed;
  CommandInputOptions inputs;
  command::Streams streams = command::Streams::captured;
  std::optional<CommandText> tag;           ///< --tagstring
  std::optional<CommandText> directory;     ///< --cwd
  std::optional<CommandText> results;       ///< --results with placeholders
  std::vector<CommandText> sent_files;      ///< --transferfile
  std::vector<CommandText> returned_files;  ///< --return
  bool cleanup = false;                     ///< --cleanup
  std::vector<CommandText> reads;           ///< --in
  std::vector<CommandText> writes;          ///< --out
  bool trace = false;
  bool dry_run = false;
  bool terminal = false;              ///< each command runs in the foreground of the terminal
  std::optional<std::string> advice;  ///< what was very likely not meant
};

/// Returns true if the command line names a command, or has commands as its inputs.
[[nodiscard]] bool names_command(const CommandLine& line, const OptionValues& values);

/// Absent where the command line names no command. @throws UsageError
[[nodiscard]] std::optional<CommandOptions> command_options(const CommandLine& line, const OptionValues& values,
                                                            Mode mode, bool stdin_is_terminal);

}  // namespace prun::app
