// Warns about a command that is very likely a mistake, in one sentence. It runs and refuses nothing.
#pragma once

#include "command/command_template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// The command as written, in one of three forms.
struct WrittenCommand {
  const std::optional<std::string>& script;  ///< --sh
  const std::optional<std::string>& text;    ///< --cmd
  const std::vector<std::string>& words;     ///< of --cmd, or those after --
};

/// @param has_inputs it runs for inputs, not for blocks of standard input or once
/// @return absent if there is nothing to warn about
[[nodiscard]] std::optional<std::string> command_advice(const WrittenCommand& written,
                                                        const command::CommandTemplate& parsed, bool has_inputs);

/// A sentence to add if the program does not exist; empty if there is no advice.
[[nodiscard]] std::string missing_program_advice(const std::string& program);

}  // namespace prun::app
