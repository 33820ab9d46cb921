// Starts a program at the lowest possible cost: vfork semantics, no copy of the caller's memory, no signal loop, no shell.
// It does not know inputs, outputs and results.
#pragma once

#include "sys/fd.hpp"

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace prun::command {

struct Program {
  const std::string& path;  ///< as find_program returned it
  const std::vector<std::string>& arguments;
  const std::vector<std::string>* environment = nullptr;  ///< NAME=value; null: that of the caller
  const std::string* directory = nullptr;                 ///< null: that of the caller
  int in = 0;
  int out = 1;
  int err = 2;
  bool keeps_stack_limit = false;  ///< keep the worker's stack limit instead of the one that prun was started with
  bool own_group = false;          ///< make it the leader of a new process group
  int control_group = -1;          ///< descriptor of the cgroup.procs file of its group; -1: the caller's group
  int terminal = -1;               ///< with own_group: the terminal whose foreground group it becomes; -1: none
};

/// The path that execvp(3) would find, looked up once for each name. @throws std::system_error: ENOENT if there is none
[[nodiscard]] const std::string& find_program(const std::string& name);
/// Returns true if `find_program` finds it.
[[nodiscard]] bool is_on_path(const std::string& name);

/// A running child. The kernel kills it when the thread that started it exits (PR_SET_PDEATHSIG).
class ChildProcess {
 public:
  /// @throws std::system_error that names what failed: the directory or the program
  explicit ChildProcess(const Program& program);
  /// A child of this process that something else has started.
  explicit ChildProcess(pid_t child);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills it if it still runs.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// A pidfd, readable after its end; -1 if the system has none (Linux before 5.3). Opened at the first call.
  [[nodiscard]] int fd() noexcept;

  /// The change of its state since the last call, without waiting. Call it when sys::ChildSignal reports news.
  struct News {
    bool ended = false;
    int stopped_by = 0;  ///< the signal that stopped it; reported once
    bool continued = false;
  };
  [[nodiscard]] News news() noexcept;
  [[nodiscard]] bool ends_within(std::chrono::milliseconds limit) const noexcept;

  struct End {
    int status = 0;  ///< as waitpid(2) returns it
    rusage usage{};
  };
  /// Waits for its end. @throws std::system_error if other code has reaped it, so that the status is unknown
  End wait();

 private:
  pid_t pid_ = -1;
  sys::Fd pidfd_;
};

/// Reaps ended children of this process that are not ChildProcesses: adopted orphans.
void reap_adopted() noexcept;

/// The same without /proc, for each time that a child ends. It reaps none while a ChildProcess has ended, or is being started by another
/// thread. Call it only where all children are started as ChildProcesses. May be called by several threads.
void reap_ended_orphans() noexcept;

}  // namespace prun::command
