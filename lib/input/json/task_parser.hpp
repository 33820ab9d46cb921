// Parses one task in JSON, {"function": "fib", "args": [8], "kwargs": {}, "id": "any"} or ["fib", 8], and binds it to its
// function. It does not know where the text came from.
#pragma once

#include "input/function_finder.hpp"
#include "input/json/quick_task.hpp"
#include "input/text_error.hpp"
#include "task/task.hpp"
#include "wire/value.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace prun {

class TaskParser {
 public:
  /// @param registry must outlive this
  explicit TaskParser(Registry& registry) : finder_(registry) {}

  /// Overwrites `task`. A task with an integer beyond 64 bits is not an error: it gets a defect.
  [[nodiscard]] tl::expected<void, TextError> parse(std::string_view json, Task& task);

 private:
  using Result = tl::expected<void, TextError>;

  Result parse_object(std::string_view json, Task& task);
  [[nodiscard]] static bool names_command(wire::ValueReader reader);
  Result parse_command(std::string_view json, Task& task);
  Result parse_member(std::string_view json, std::string_view key, std::string_view value, Task& task);
  Result parse_short_form(std::string_view json, Task& task);

  FunctionFinder finder_;
  QuickTask quick_;
  std::string value_;
};

}  // namespace prun
