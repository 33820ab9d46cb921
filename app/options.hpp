// What a command line asks for, as plain data. It does not know how the options are split off (option_texts.hpp), nor
// how anything is carried out.
#pragma once

#include "command_options.hpp"
#include "known_functions.hpp"
#include "logging.hpp"

#include "input/open_source.hpp"
#include "output/output_options.hpp"
#include "run/run_options.hpp"

#include <string>
#include <variant>

namespace prun::app {

/// `--help` and `--version`: a text, and nothing else to do.
struct PrintText {
  std::string text;
};

/// `prun functions`
struct ListFunctions {
  bool json = false;
  std::vector<std::string> targets{};  ///< what has functions: a plugin, a Python file, ...; none: all that are known
  FunctionOptions functions{};
};

/// `prun new plugin NAME`
struct NewProject {
  std::string name;
};

/// `prun MODE ...`
struct RunTasks {
  RunOptions run;
  FunctionOptions functions;
  InputOptions input;
  std::optional<CommandOptions> command;  ///< instead of functions and their inputs
  OutputOptions output;
  LoggingOptions logging;
};

using Command = std::variant<PrintText, ListFunctions, NewProject, RunTasks>;

/// @throws UsageError
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

}  // namespace prun::app
