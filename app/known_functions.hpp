// Which functions a command line can name: the built-in ones, and what the loaders find.
#pragma once

#include "command/command_run.hpp"
#include "function/registry.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::app {

/// What the options say of functions, as plain data.
struct FunctionOptions {
  std::vector<std::string> plugins;          ///< --plugin: their functions are known by their own names
  std::string plugin_path;                   ///< PRUN_PLUGIN_PATH
  std::vector<std::string> serve;            ///< --serve: programs that serve functions
  std::optional<std::string> python;         ///< --python: the Python that runs Python functions
  std::optional<std::string> initializer;    ///< --initializer: a call that each worker makes before its first task
  std::optional<std::string> python_code{};  ///< --python-code: defines Python functions, known by their own names
  std::optional<std::string> default_function{};  ///< --default: makes JSON of a Python result that has no form in it
  std::vector<std::pair<std::string, std::string>> worker_environment{};  ///< of worker processes, beside their own
};

/// @param surroundings must outlive the registry
/// @throws UsageError where an option names what cannot be loaded
void add_known_functions(Registry& registry, const FunctionOptions& options,
                         const command::CommandSurroundings& surroundings);

/// The call that --initializer asks for, its arguments bound. @throws UsageError
[[nodiscard]] Task initializer_call(const std::string& text, Registry& registry);

}  // namespace prun::app
