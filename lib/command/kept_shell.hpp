// A bash that a worker keeps, so that a script costs a fork of it and not the start of a shell. It loads a builtin
// (bash/task_builtin.cpp) that forks a process for each task. That process is a child of the worker and differs in nothing from
// `bash -c SCRIPT`: its own process group, its own `$$`, the status and the usage that wait4(2) reports. What a script does to its
// shell ends with it. Where bash cannot load builtins, or /proc is missing, there is no kept shell, and commands start as usual.
#pragma once

#include "command/child_process.hpp"
#include "command/command_run.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace prun::command {

class KeptShell {
 public:
  /// The shell of this worker for this command, started if necessary; null: the command must start its own.
  [[nodiscard]] static KeptShell* for_command(const CommandLine& line, const CommandSurroundings& surroundings);

  /// @throws std::system_error if it cannot be started
  KeptShell(const std::string& shell, const CommandSurroundings& surroundings);
  KeptShell(const KeptShell&) = delete;
  KeptShell& operator=(const KeptShell&) = delete;

  /// 0: there is none.
  [[nodiscard]] static pid_t pid_of_this_worker() noexcept;

  /// Starts the script in a process group of its own. @param streams its standard streams
  /// @return a child of this process; -1: the shell is dead, and the script was not run
  /// @throws std::system_error if no process can be created
  [[nodiscard]] pid_t start(const CommandLine& line, const std::array<int, 3>& streams);

 private:
  [[nodiscard]] bool says_hello();
  [[nodiscard]] bool lives() noexcept { return channel_ && !shell_->news().ended; }
  [[nodiscard]] bool send(const std::string& setup, const std::string& script, const std::array<int, 4>& files);

  std::string name_;
  sys::Fd channel_;
  std::unique_ptr<ChildProcess> shell_;
};

}  // namespace prun::command
