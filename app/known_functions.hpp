// The functions that a command line can name: the built-in ones and those of the loaders.
#pragma once

#include "command/command_run.hpp"
#include "function/registry.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::app {

/// The options about functions, as plain data.
struct FunctionOptions {
  std::vector<std::string> plugins;          ///< --plugin: their functions are called by their own names
  std::string plugin_path;                   ///< PRUN_PLUGIN_PATH
  std::vector<std::string> serve;            ///< --serve: programs that serve functions
  std::optional<std::string> python;         ///< --python: the Python that runs Python functions
  std::optional<std::string> initializer;    ///< --initializer: a call that each worker makes before its first task
  std::optional<std::string> python_code{};  ///< --python-code: defines Python functions, called by their own names
  std::optional<std::string> default_function{};  ///< --default: converts Python results that JSON cannot represent
  std::vector<std::pair<std::string, std::string>> worker_environment{};  ///< of worker processes, besides their own
};

/// @param surroundings must outlive the registry
/// @throws UsageError if an option names something that cannot be loaded
void add_known_functions(Registry& registry, const FunctionOptions& options,
                         const command::CommandSurroundings& surroundings);

/// The call of --initializer, with its arguments bound. @throws UsageError
[[nodiscard]] Task initializer_call(const std::string& text, Registry& registry);

}  // namespace prun::app
