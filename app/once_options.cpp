// See once_options.hpp.
#include "once_options.hpp"

#include "command/command_function.hpp"
#include "event/printable.hpp"
#include "function/function.hpp"
#include "journal/file_state.hpp"
#include "journal/task_text.hpp"
#include "sys/build_id.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace prun::app {
namespace {

std::string code_of_command(const Function& function, const RunTasks& tasks) {
  std::string code = fmt::format("command {}", function.name());
  if (!tasks.command) return code;
  if (tasks.command->text.shell) code += fmt::format("; --shell {}", *tasks.command->text.shell);
  if (tasks.command->directory) code += fmt::format("; --cwd {}", fmt::join(tasks.command->directory->words, " "));
  return code;
}

/// `./mine.so:collatz` and `article.py:fib` stand in a file; an expression, such as a lambda, is its own code.
std::string code_of_function(const Function& function, const RunTasks& tasks) {
  const std::string name(function.name());
  const auto colon = name.find(':');
  if (name.starts_with("lambda ")) return name;
  if (colon == std::string::npos) return tasks.functions.serve.empty() ? "prun " + sys::build_id() : std::string();
  const std::string hash = journal::hash_of_file(name.substr(0, colon));
  return hash.empty() ? hash : "file " + hash;
}

std::string code_of(const Function& function, const RunTasks& tasks) {
  std::string code = function.is_command() ? code_of_command(function, tasks) : code_of_function(function, tasks);
  if (code.empty()) return code;
  if (tasks.run.seed != 0) code += fmt::format("; --seed {}", tasks.run.seed);
  if (tasks.functions.initializer) code += fmt::format("; --initializer {}", *tasks.functions.initializer);
  return code;
}

/// The names that the texts become for a task.
journal::OnceOptions::Names names_of(const std::vector<CommandText>& texts, const std::vector<std::string>& columns) {
  if (texts.empty()) return {};
  std::vector<command::CommandTemplate> templates;
  for (const CommandText& text : texts) templates.push_back(text.parse(columns));
  return [templates = std::move(templates)](const Task& task, std::uint64_t place, std::vector<std::string>& names) {
    const std::vector<std::string> inputs = command::input_texts(task.args);
    command::Filling filling;
    filling.inputs.assign(inputs.begin(), inputs.end());
    filling.number = place + 1;
    for (const command::CommandTemplate& one : templates) {
      for (std::string& name : one.expand(filling)) names.push_back(std::move(name));
    }
  };
}

}  // namespace

journal::OnceOptions once_options(const RunTasks& tasks, const std::vector<std::string>& columns, OutputBuffer& err) {
  journal::OnceOptions once;
  once.code_of = [&tasks](const Function& function) { return code_of(function, tasks); };
  if (tasks.command) {
    once.reads = names_of(tasks.command->reads, columns);
    once.writes = names_of(tasks.command->writes, columns);
  }
  if (!tasks.journal->why) return once;
  once.why = [&err](std::uint64_t place, const Task& task, const std::string& reason) {
    const std::string call = journal::short_call(task.function->name(), task.args, task.kwargs,
                                                 task.function->call_text(task.args, task.kwargs));
    err.write_line(message_line(reason.empty() ? fmt::format("task {} is unchanged: {}", place, call)
                                               : fmt::format("task {} runs, for {}: {}", place, reason, call)));
  };
  return once;
}

}  // namespace prun::app
