// What a run's command line says of the functions and programs that are called, for the processes that call them: those of this
// machine, and those of an agent.
#pragma once

#include "options.hpp"

#include "command/command_function.hpp"
#include "command/command_run.hpp"
#include "command/task_files.hpp"
#include "function/registry.hpp"

#include <memory>
#include <string>
#include <vector>

namespace prun::app {

/// How programs are stopped, and whose terminal they may have.
void surround_commands(const RunTasks& tasks, command::CommandSurroundings& surroundings);

/// Tasks may start processes, as far as the command line tells: false if it names built-in functions alone.
[[nodiscard]] bool may_start_processes(const RunTasks& tasks);

/// The functions that tasks can name. @param surroundings must outlive the registry @throws UsageError
void add_run_functions(const RunTasks& tasks, Registry& registry, const command::CommandSurroundings& surroundings);

/// The command that the command line names becomes a function like any other, but none that can be found by its name: it may
/// be that of another ("sleep"). Null: it names none.
[[nodiscard]] std::unique_ptr<command::TemplateCommand> make_command(const RunTasks& tasks, bool dry_run,
                                                                     command::CommandSurroundings& surroundings);

/// The files that go with the command to other machines and back.
[[nodiscard]] command::TaskFiles task_files_of(const CommandOptions& command);

/// The files that functions are loaded from, as the command line names them: plugins and Python files.
[[nodiscard]] std::vector<std::string> function_files(const RunTasks& tasks);

}  // namespace prun::app
