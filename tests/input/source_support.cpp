// Printing tasks for comparison.
#include "input/source_support.hpp"

#include "input/json/json_tasks.hpp"
#include "wire/json.hpp"

#include <utility>

namespace prun {

std::string text_of(const Task& task) {
  std::string text(task.function->name());
  wire::append_json(text, task.args);
  if (!task.kwargs.empty()) wire::append_json(text, task.kwargs);
  if (!task.id.empty()) wire::append_json(text += " id=", task.id);
  if (!task.defect.empty()) text += " defect: " + task.defect;
  return text;
}

std::vector<std::string> drain(TaskSource& source) {
  std::vector<std::string> lines;
  Task task;
  while (true) {
    switch (source.next(task)) {
      case Pull::task: lines.push_back(text_of(task)); break;
      case Pull::bad: lines.push_back("bad: " + source.error().message); break;
      case Pull::blocked: lines.emplace_back("blocked"); return lines;
      case Pull::end: return lines;
    }
  }
}

std::vector<std::string> tasks_of(const std::vector<std::string>& words, InputOptions options) {
  options.words = words;
  auto source = open_source(options, builtins());
  if (!source) return {"error: " + source.error().message};
  return drain(**source);
}

std::vector<std::string> tasks_in(std::string_view text, std::size_t piece) {
  JsonTaskSource source("tasks.json", std::make_unique<MemoryBytes>(text, piece), builtins());
  return drain(source);
}

}  // namespace prun
