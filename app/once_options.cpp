// See once_options.hpp.
#include "once_options.hpp"

#include "shell_choice.hpp"

#include "command/command_function.hpp"
#include "command/task_files.hpp"
#include "event/printable.hpp"
#include "function/function.hpp"
#include "journal/file_state.hpp"
#include "journal/task_text.hpp"
#include "sys/build_id.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// What bash runs depends on the functions that it has exported. Which of them a script calls is not known.
std::string code_of_functions(const std::optional<std::string>& shell) {
  if (!shell || std::string_view(*shell).substr(shell->rfind('/') + 1) != "bash") return {};  // npos + 1 is 0
  const std::string functions = exported_functions();
  return functions.empty() ? functions : "; functions " + journal::hash_of_text(functions);
}

std::string code_of_command(const Function& function, const RunTasks& tasks) {
  std::string code = fmt::format("command {}", function.name());
  if (!tasks.command) return code;
  if (tasks.command->text.shell) code += fmt::format("; --shell {}", *tasks.command->text.shell);
  code += code_of_functions(tasks.command->text.shell);
  if (tasks.command->directory) code += fmt::format("; --cwd {}", fmt::join(tasks.command->directory->words, " "));
  return code;
}

/// `./mine.so:collatz` and `article.py:fib` stand in a file; an expression, such as a lambda, is its own code.
std::string code_of_function(const Function& function, const RunTasks& tasks) {
  std::string name(function.name());
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

/// The names that the texts become for a task. A command looks for a relative name in its folder, which --cwd names.
journal::OnceOptions::Names names_of(const std::vector<CommandText>& texts, const std::optional<CommandText>& folder,
                                     const std::vector<std::string>& columns) {
  if (texts.empty()) return {};
  std::vector<command::CommandTemplate> templates;
  templates.reserve(texts.size());
  for (const CommandText& text : texts) templates.push_back(text.parse(columns));
  std::optional<command::CommandTemplate> directory;
  if (folder) directory = folder->parse(columns);
  return [templates = std::move(templates), directory = std::move(directory)](const Task& task, std::uint64_t place) {
    std::vector<std::string> names = command::file_names(templates, task.args, place);
    if (!directory) return names;
    const std::vector<std::string> inputs = command::input_texts(task.args);
    const std::filesystem::path path = directory->expand_name(command::Filling::of_task(inputs, place));
    for (std::string& name : names) name = (path / name).string();
    return names;
  };
}

/// Nothing is recorded of a task without its input, and an output that is never made cannot be checked.
void warn_of_missing_files(journal::OnceOptions& once, bool in_folder, OutputBuffer& err) {
  const char* const where = in_folder ? "; a relative name is looked for in the folder of --cwd" : "";
  once.missing_input = [&err, where](std::uint64_t place, const std::string& file) {
    err.write_line(message_line(
        fmt::format("warning: the file {} of --in does not exist, so task {} runs each time; create the file, or "
                    "correct the name{}",
                    file, place, where)));
  };
  once.missing_output = [&err, where](std::uint64_t place, const std::string& file) {
    err.write_line(message_line(
        fmt::format("warning: task {} succeeded and did not make the file {} of --out, so it runs again next time; "
                    "correct the name or the command{}",
                    place, file, where)));
  };
}

}  // namespace

journal::OnceOptions once_options(const RunTasks& tasks, const std::vector<std::string>& columns, OutputBuffer& err) {
  journal::OnceOptions once;
  once.code_of = [&tasks](const Function& function) { return code_of(function, tasks); };
  if (tasks.command) {
    once.reads = names_of(tasks.command->reads, tasks.command->directory, columns);
    once.writes = names_of(tasks.command->writes, tasks.command->directory, columns);
    if (!tasks.output.quiet) warn_of_missing_files(once, tasks.command->directory.has_value(), err);
  }
  if (!tasks.journal->why) return once;
  once.why = [&err](std::uint64_t place, const Task& task, const std::string& reason) {
    const std::string call = journal::short_call(task.function->name(), task.args, task.kwargs,
                                                 task.function->call_text(task.args, task.kwargs));
    err.write_line(message_line(reason.empty() ? fmt::format("task {} is unchanged: {}", place, call)
                                               : fmt::format("task {} runs, because {}: {}", place, reason, call)));
  };
  return once;
}

}  // namespace prun::app
