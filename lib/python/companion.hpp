// The Python process of a worker, seen from the worker: a child of its own, or forked for it by the process that imports the
// modules.
#pragma once

#include "command/child_process.hpp"
#include "sys/fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prun::python {

class Companion {
 public:
  explicit Companion(std::unique_ptr<command::ChildProcess> child) noexcept;
  /// @param end an EndNotice comes here
  Companion(pid_t forked, sys::Fd end) noexcept;
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  /// Kills it where it still runs.
  ~Companion();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Readable when it has ended.
  [[nodiscard]] int fd() const noexcept { return child_ ? child_->fd() : end_.get(); }
  void kill() const noexcept;
  /// Waits for its end. @return a status as waitpid(2) gives it
  [[nodiscard]] int wait();

 private:
  std::unique_ptr<command::ChildProcess> child_;
  sys::Fd end_;
  pid_t pid_;
};

/// What a process may do besides answering calls.
struct Place {
  int memory = -1;    ///< of the rings; -1: none
  int event_fd = -1;  ///< to ring the master with
  std::uint32_t worker = 0;
  bool same_fate = false;       ///< the worker is a process: it ends as its Python process does
  std::string control_group{};  ///< the folder of the one that the worker was put in; empty: none
};

struct ForkedPython {
  std::unique_ptr<Companion> companion;
  sys::Fd channel;
};

/// Asks for a process that is a copy of the one that has imported the modules. It has this process's group and limits.
/// @param requests the socket to ask on @return none where there cannot be one
[[nodiscard]] std::optional<ForkedPython> fork_python(int requests, const Place& place);

}  // namespace prun::python
