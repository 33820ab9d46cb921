// The terminal for a command that needs it: the command runs in the foreground, and prun returns there after its end.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

namespace prun::command {

class Terminal {
 public:
  /// No terminal.
  Terminal() = default;
  /// Opens the controlling terminal, in the master. In the background it stops prun until that is in the foreground, as a read from
  /// the terminal does. @throws std::system_error if there is no terminal, or if prun cannot be stopped
  [[nodiscard]] static Terminal controlling();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }

  /// prun is in the foreground, or the command is to which it gave the terminal: it may give it and take it back.
  [[nodiscard]] bool is_ours_or(pid_t group) const noexcept;
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
