// Starts a program, at the lowest cost there is: vfork semantics, no copy of the caller's memory, no signal loop, no shell.
// Knows nothing of inputs, outputs and results.
#pragma once

#include "sys/fd.hpp"

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace prun::command {

struct Program {
  const std::string& path;  ///< as find_program found it
  const std::vector<std::string>& arguments;
  const std::vector<std::string>* environment = nullptr;  ///< NAME=value; null: the caller's own
  const std::string* directory = nullptr;                 ///< null: the caller's own
  int in = 0;
  int out = 1;
  int err = 2;
  bool keeps_stack_limit = false;  ///< it has the worker's, and not that with which prun was started
  bool own_group = false;          ///< it leads a process group of its own
  int control_group = -1;          ///< the entrance of the one that it runs in; -1: the caller's own
  int terminal = -1;               ///< with own_group: the terminal whose foreground group it becomes; -1: none
};

/// Where execvp(3) would find it, looked up once a name. @throws std::system_error: ENOENT where nowhere
[[nodiscard]] const std::string& find_program(const std::string& name);

/// A child that runs. It dies with the thread that started it (PR_SET_PDEATHSIG).
class ChildProcess {
 public:
  /// @throws std::system_error naming what failed: the directory, or the program
  explicit ChildProcess(const Program& program);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills it where it still runs.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Readable when it has ended; -1 where the system has none (Linux before 5.3). Opened when it is first asked for.
  [[nodiscard]] int fd() noexcept;

  /// What has become of it since the last look, without waiting. To be asked when sys::ChildSignal says that there is news.
  struct News {
    bool ended = false;
    int stopped_by = 0;  ///< the signal that stopped it; told once
    bool continued = false;
  };
  [[nodiscard]] News news() noexcept;
  [[nodiscard]] bool ends_within(std::chrono::milliseconds limit) const noexcept;

  struct End {
    int status = 0;  ///< as waitpid(2) gives it
    rusage usage{};
  };
  /// Waits for its end. @throws std::system_error where that cannot be known, as somebody else has reaped it
  End wait();

 private:
  pid_t pid_ = -1;
  sys::Fd pidfd_;
};

/// Reaps children of this process that have ended and are not this thread's ChildProcesses: orphans that were adopted.
void reap_adopted() noexcept;

}  // namespace prun::command
