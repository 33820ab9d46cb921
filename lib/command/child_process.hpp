// Starts a program, at the lowest cost there is: vfork semantics, no copy of the caller's memory, no signal loop, no shell.
// Knows nothing of inputs, outputs and results.
#pragma once

#include "sys/fd.hpp"

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
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

  /// Readable when it has ended; -1 where the system has none (Linux before 5.3).
  [[nodiscard]] int fd() const noexcept { return pidfd_.get(); }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  struct End {
    int status = 0;  ///< as waitpid(2) gives it
    rusage usage{};
  };
  /// Waits for its end.
  End wait();

 private:
  pid_t pid_ = -1;
  sys::Fd pidfd_;
};

}  // namespace prun::command
