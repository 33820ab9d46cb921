// The functions that a command line can name; see known_functions.hpp.
#include "known_functions.hpp"

#include "usage_error.hpp"

#include "command/command_function.hpp"
#include "command/command_words.hpp"
#include "input/function_finder.hpp"
#include "input/words/call_text.hpp"
#include "native/c_loader.hpp"
#include "native/plugin_loader.hpp"
#include "python/python_loader.hpp"
#include "serving/served_function.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace prun::app {
namespace {

void add_plugin(Registry& registry, native::PluginLoader& loader, const std::string& plugin) {
  auto functions = loader.load_bare(plugin);
  if (!functions) throw UsageError(fmt::format("--plugin: {}", functions.error()));
  for (auto& function : *functions) {
    if (registry.find(function->name()) != nullptr) {
      throw UsageError(
          fmt::format("--plugin: {0} has a function {1}, and another function has that name; omit --plugin "
                      "and call it {0}:{1}",
                      plugin, function->name()));
    }
    registry.add(std::move(function));
  }
}

void add_served(Registry& registry, const std::string& text, const command::Stopping& stopping) {
  auto words = command::split_words(text);
  if (!words) throw UsageError(fmt::format("--serve '{}': {}", text, words.error().message));
  if (words->empty()) throw UsageError("--serve is empty; it must name a program");
  auto functions = serving::load_served({text, std::move(*words), &stopping});
  if (!functions) throw UsageError(fmt::format("--serve: {}", functions.error()));
  for (auto& function : *functions) {
    if (registry.find(function->name()) != nullptr) {
      throw UsageError(
          fmt::format("--serve: {} has a function {}, and another function has that name; rename one of them", text,
                      function->name()));
    }
    registry.add(std::move(function));
  }
}

void add_code(Registry& registry, python::PythonLoader& python) {
  auto functions = python.load_code();
  if (!functions) throw UsageError(functions.error());
  for (auto& function : *functions) {
    if (registry.find(function->name()) != nullptr) {
      throw UsageError(fmt::format("--python-code: prun has a function {} already; rename this one", function->name()));
    }
    registry.add(std::move(function));
  }
}

}  // namespace

void add_known_functions(Registry& registry, const FunctionOptions& options,
                         const command::CommandSurroundings& surroundings) {
  add_builtin_functions(registry);
  for (auto& function : command::given_commands(surroundings)) registry.add(std::move(function));
  auto plugins = std::make_unique<native::PluginLoader>(native::LibrarySearch(options.plugin_path));
  for (const std::string& plugin : options.plugins) add_plugin(registry, *plugins, plugin);
  for (const std::string& served : options.serve) add_served(registry, served, surroundings.stopping);
  registry.add(std::make_unique<native::CLoader>());
  registry.add(std::move(plugins));
  auto python = std::make_unique<python::PythonLoader>(
      python::PythonOptions{options.python.value_or("python3"), options.python_code.value_or(""),
                            options.default_function.value_or(""), options.worker_environment});
  if (options.python_code) add_code(registry, *python);
  registry.add(std::move(python));
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
    task.defect = std::move(call->defect);
  }
  task.function = registry.find(name);
  if (task.function == nullptr) refuse(FunctionFinder(registry).describe_unknown(name));
  if (const auto bound = bind(task); !bound) refuse(bound.error());
  if (!task.defect.empty()) refuse(task.defect);
  return task;
}

}  // namespace prun::app
