// A text with placeholders as it was written: a command, or a part of what is said about one.
#pragma once

#include "command/command_template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// The command as it was written. It is parsed again when the names of its columns are known (--header).
struct CommandText {
  std::string source;  ///< what messages call it: "--sh"
  std::optional<std::string> script;
  std::vector<std::string> words;  ///< if it is no script
  bool add_inputs = true;
  command::PlaceholderSyntax syntax;
  std::optional<std::string> shell;  ///< the program that runs it; otherwise words run directly

  /// @throws UsageError
  [[nodiscard]] command::CommandTemplate parse(const std::vector<std::string>& columns = {}) const;
};

}  // namespace prun::app
