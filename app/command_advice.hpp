// What a user very likely did not mean with a command, in a sentence. It runs nothing and refuses nothing.
#pragma once

#include "command/command_template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// The command as it was written, in one of three forms.
struct WrittenCommand {
  const std::optional<std::string>& script;  ///< --sh
  const std::optional<std::string>& text;    ///< --cmd
  const std::vector<std::string>& words;     ///< of --cmd, or those behind --
};

/// @param has_inputs it is run for inputs, and not for blocks of standard input or just once
/// @return absent where there is nothing to say
[[nodiscard]] std::optional<std::string> command_advice(const WrittenCommand& written,
                                                        const command::CommandTemplate& parsed, bool has_inputs);

/// What to add where there is no such program; empty where nothing is known of it.
[[nodiscard]] std::string missing_program_advice(const std::string& program);

}  // namespace prun::app
