// A bash that each worker keeps: it forks once for each script instead of starting a new shell. It loads a builtin
// (bash/task_builtin.cpp) that does so. The process is a child of the worker, with its own process group, its own `$$`, and its own
// status and usage in wait4(2). It behaves as `bash -c SCRIPT`, except that /proc/PID/cmdline, and so ps(1), shows the command line of
// the kept shell. Changes that a script makes to its shell end with it. If bash cannot load builtins, or /proc is missing, each script
// starts its own shell.
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
