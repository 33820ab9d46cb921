#include "command/terminal.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace prun::command {

namespace {

volatile std::sig_atomic_t continued = 0;

/// Returns false if the process was not stopped: nobody would continue it.
bool stop_until_continued() {
  struct sigaction before {};
  struct sigaction note {};
  note.sa_handler = [](int) { continued = 1; };
  ::sigaction(SIGCONT, &note, &before);
  continued = 0;
  ::kill(0, SIGTTIN);
  ::sigaction(SIGCONT, &before, nullptr);
  return continued != 0;
}

}  // namespace

Terminal Terminal::controlling() {
  Terminal terminal;
  terminal.file_ = sys::Fd(sys::checked(::open("/dev/tty", O_RDWR | O_CLOEXEC), "/dev/tty"));
  terminal.master_ = ::getpid();
  terminal.master_group_ = ::getpgrp();
  while (!terminal.is_ours_or(terminal.master_group_)) {
    if (!stop_until_continued())
      throw std::runtime_error(
          "prun is in the background and cannot use the terminal; run it in the foreground, or leave out --tty");
  }
  return terminal;
}

bool Terminal::is_ours_or(pid_t group) const noexcept {
  const pid_t foreground = ::tcgetpgrp(fd());
  return foreground == master_group_ || foreground == group;
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
