#include "command/terminal.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace prun::command {

Terminal Terminal::controlling() {
  Terminal terminal;
  terminal.file_ = sys::Fd(sys::checked(::open("/dev/tty", O_RDWR | O_CLOEXEC), "/dev/tty"));
  terminal.master_ = ::getpid();
  terminal.master_group_ = ::getpgrp();
  return terminal;
}

// A background process may do this only while it ignores SIGTTOU.
void Terminal::give_to(pid_t group) const noexcept {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTTOU);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  ::tcsetpgrp(fd(), group);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Terminal::tell_master(int signal) const noexcept { ::kill(master_, signal); }

}  // namespace prun::command
