// See run_functions.hpp.
#include "run_functions.hpp"

#include "command/command_function.hpp"
#include "sys/cpu_budget.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace prun::app {

void surround_commands(const RunTasks& tasks, command::CommandSurroundings& surroundings) {
  command::Stopping& stopping = surroundings.stopping;
  stopping.timeout = tasks.run.timeout;
  if (tasks.run.timeout_factor > 0) stopping.found_timeout = std::make_unique<command::TimeLimit>();
  stopping.cpu_limit = tasks.run.limits.cpu_time;
  stopping.grace = tasks.run.grace;
  stopping.own_process = !tasks.run.threads;
  stopping.only_programs = !tasks.run.threads || tasks.command.has_value();
  stopping.ending = std::make_unique<command::RunEnding>();
  if (tasks.run.window_bytes != 0) surroundings.most_waiting = tasks.run.window_bytes;
  if (tasks.command && tasks.command->terminal) surroundings.terminal = command::Terminal::controlling();
}

bool may_start_processes(const RunTasks& tasks) {
  const InputOptions& input = tasks.input;
  if (tasks.command || input.tasks_file || input.words.empty() || tasks.functions.initializer) return true;
  Registry registry;
  add_builtin_functions(registry);
  for (std::size_t i = 0; i < input.words.size(); ++i) {
    const std::string& word = input.words[i];
    const std::size_t name = word.find('(');
    if ((i == 0 || name != std::string::npos) && !registry.takes(std::string_view(word).substr(0, name))) return true;
  }
  return false;
}

void add_run_functions(const RunTasks& tasks, Registry& registry, const command::CommandSurroundings& surroundings) {
  FunctionOptions functions = tasks.functions;
  if (!tasks.run.threads) functions.worker_environment = sys::thread_limits(tasks.run.cpu_budget, tasks.run.workers);
  add_known_functions(registry, functions, surroundings);
}

command::TaskFiles task_files_of(const CommandOptions& command) {
  command::TaskFiles files;
  for (const CommandText& text : command.sent_files) files.sent.push_back(text.parse());
  for (const CommandText& text : command.returned_files) files.returned.push_back(text.parse());
  files.cleanup = command.cleanup;
  return files;
}

std::vector<std::string> function_files(const RunTasks& tasks) {
  std::vector<std::string> files;
  const auto add = [&files](std::string path) {
    std::error_code error;
    const bool known = std::ranges::find(files, path) != files.end();
    if (!known && std::filesystem::is_regular_file(path, error)) files.push_back(std::move(path));
  };
  for (const std::string& plugin : tasks.functions.plugins) add(plugin);
  if (tasks.command) return files;
  for (const std::string& word : tasks.input.words) {
    for (const std::string_view ending : {".py:", ".so:"}) {
      if (const auto at = word.find(ending); at != std::string::npos) add(word.substr(0, at + ending.size() - 1));
    }
  }
  return files;
}

std::unique_ptr<command::TemplateCommand> make_command(const RunTasks& tasks, bool dry_run,
                                                       command::CommandSurroundings& surroundings) {
  if (!tasks.command) return nullptr;
  const CommandOptions& command = *tasks.command;
  surroundings.streams = command.streams;
  if (command.streams == command::Streams::by_line) {
    surroundings.output_locks = command::OutputLocks::of_standard_streams();
  }
  surroundings.trace = command.trace && !command.dry_run;
  auto made = std::make_unique<command::TemplateCommand>(command.name, command.parsed, surroundings,
                                                         command.dry_run || dry_run);
  made->set_slots(tasks.run.workers);
  if (command.directory) made->set_directory(command.directory->parse());
  return made;
}

}  // namespace prun::app
