// See run_functions.hpp.
#include "run_functions.hpp"

#include "command/command_function.hpp"
#include "sys/cpu_budget.hpp"

namespace prun::app {

void surround_commands(const RunTasks& tasks, command::CommandSurroundings& surroundings) {
  command::Stopping& stopping = surroundings.stopping;
  stopping.timeout = tasks.run.timeout;
  if (tasks.run.timeout_factor > 0) stopping.found_timeout = std::make_unique<command::TimeLimit>();
  stopping.cpu_limit = tasks.run.limits.cpu_time;
  stopping.grace = tasks.run.grace;
  stopping.own_process = !tasks.run.threads;
  stopping.ending = std::make_unique<command::RunEnding>();
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

std::unique_ptr<command::TemplateCommand> make_command(const RunTasks& tasks, bool dry_run,
                                                       command::CommandSurroundings& surroundings) {
  if (!tasks.command) return nullptr;
  const CommandOptions& command = *tasks.command;
  surroundings.streams = command.streams;
  surroundings.trace = command.trace && !command.dry_run;
  auto made = std::make_unique<command::TemplateCommand>(command.name, command.parsed, surroundings,
                                                         command.dry_run || dry_run);
  made->set_slots(tasks.run.workers);
  if (command.directory) made->set_directory(command.directory->parse());
  return made;
}

}  // namespace prun::app
