// The terminal for a command that needs it: the command runs in the foreground, and prun returns there after its end.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

namespace prun::command {

class Terminal {
 public:
  /// No terminal.
  Terminal() = default;
  /// Opens the controlling terminal, in the master. @throws std::system_error if there is none
  [[nodiscard]] static Terminal controlling();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }

  /// Makes `group` the foreground process group.
  void give_to(pid_t group) const noexcept;
  void take_back() const noexcept { give_to(master_group_); }
  /// Passes on to prun a signal that a key of the terminal sent only to the command.
  void tell_master(int signal) const noexcept;

 private:
  sys::Fd file_;
  pid_t master_ = 0;
  pid_t master_group_ = 0;
};

}  // namespace prun::command
