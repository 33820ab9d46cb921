// The terminal, where a command is to have it: it runs in the foreground, and prun takes its place when it has ended.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

namespace prun::command {

class Terminal {
 public:
  /// No terminal.
  Terminal() = default;
  /// Opens the controlling terminal, in the master. @throws std::system_error where there is none
  [[nodiscard]] static Terminal controlling();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }

  /// Whoever reads from the terminal from now on is of `group`.
  void give_to(pid_t group) const noexcept;
  void take_back() const noexcept { give_to(master_group_); }
  /// What the user's key sent to the command alone is for prun as well.
  void tell_master(int signal) const noexcept;

 private:
  sys::Fd file_;
  pid_t master_ = 0;
  pid_t master_group_ = 0;
};

}  // namespace prun::command
