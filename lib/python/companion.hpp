// The Python process of a worker, as the worker sees it: its own child, or forked for it by the process that imports the
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
  /// @param end an EndNotice arrives here
  Companion(pid_t forked, sys::Fd end) noexcept;
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  /// Kills it if it still runs.
  ~Companion();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Readable when it has exited.
  [[nodiscard]] int fd() const noexcept { return child_ ? child_->fd() : end_.get(); }
  void kill() const noexcept;
  /// Waits for its end. @return a status as from waitpid(2)
  [[nodiscard]] int wait();

 private:
  std::unique_ptr<command::ChildProcess> child_;
  sys::Fd end_;
  pid_t pid_;
};

/// The resources of a worker that a Python process takes over.
struct Place {
  int memory = -1;    ///< descriptor of the rings; -1: none
  int event_fd = -1;  ///< to ring the bell of the master
  std::uint32_t worker = 0;
  bool same_fate = false;       ///< the worker is a process, and exits as its Python process does
  std::string control_group{};  ///< the folder of the worker's control group; empty: none
};

struct ForkedPython {
  std::unique_ptr<Companion> companion;
  sys::Fd channel;
};

/// Requests a fork of the process that imported the modules. The fork gets this process's group and limits.
/// @param requests the socket for the request @return none if it cannot be forked
[[nodiscard]] std::optional<ForkedPython> fork_python(int requests, const Place& place);

}  // namespace prun::python
