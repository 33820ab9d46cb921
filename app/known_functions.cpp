// Which functions a command line can name; see known_functions.hpp.
#include "known_functions.hpp"

#include "usage_error.hpp"

#include "command/command_function.hpp"
#include "input/call_text.hpp"
#include "input/function_finder.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <utility>

namespace prun::app {

void add_known_functions(Registry& registry, const FunctionOptions&, const command::CommandSurroundings& surroundings) {
  add_builtin_functions(registry);
  for (auto& function : command::given_commands(surroundings)) registry.add(std::move(function));
}

Task initializer_call(const std::string& text, Registry& registry) {
  const auto refuse = [&](const std::string& why) {
    throw UsageError(fmt::format("--initializer '{}': {}", text, why));
  };
  Task task;
  std::string name = text;
  wire::ValueWriter(task.args).array(0);
  if (looks_like_call(text) && !registry.takes(text)) {
    auto call = parse_call(text);
    if (!call) refuse(call.error().message);
    name = call->function;
    task.args = std::move(call->args);
    task.kwargs = std::move(call->kwargs);
    if (!call->defect.empty()) refuse(call->defect);
  }
  task.function = registry.find(name);
  if (task.function == nullptr) refuse(FunctionFinder(registry).describe_unknown(name));
  if (const auto bound = bind(task); !bound) refuse(bound.error());
  return task;
}

}  // namespace prun::app
