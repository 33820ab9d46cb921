// See native_support.hpp.
#include "native_support.hpp"

#include "task/task.hpp"
#include "wire/json.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <stdexcept>

namespace prun::test {

std::string library(std::string_view file) { return fmt::format("{}/native/{}", PRUN_TEST_PLUGIN_DIR, file); }

std::string called(Registry& registry, std::string_view function, std::string_view json_args) {
  Task task;
  task.function = registry.find(function);
  if (task.function == nullptr) return registry.problem();
  if (!wire::parse_json(json_args, task.args)) throw std::invalid_argument("no JSON");
  if (const auto bound = bind(task); !bound) return "refused: " + bound.error();
  std::string result;
  try {
    task.function->call(task.args, CallContext{7, 1, 70, 0, {}, 42}, result);
  } catch (const ArgumentError& e) {
    return fmt::format("bad_arguments: {}", e.what());
  } catch (const SerializationError& e) {
    return fmt::format("bad_result: {}", e.what());
  } catch (const TaskError& e) {
    return fmt::format("{}: {}", e.failure().type, e.failure().message);
  }
  std::string json;
  wire::append_json(json, result);
  return json;
}

std::string problem(Registry& registry, std::string_view function) {
  return registry.find(function) == nullptr ? registry.problem() : "";
}

}  // namespace prun::test
