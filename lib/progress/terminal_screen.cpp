#include "progress/terminal_screen.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace prun {

bool TerminalScreen::write(std::string_view bytes) {
  return channel_.write(bytes) == static_cast<ssize_t>(bytes.size());
}

Screen::Size TerminalScreen::size() const {
  winsize window{};
  if (::ioctl(channel_.fd(), TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
  return {window.ws_col, window.ws_row};
}

// If the terminal is not the controlling terminal of this process, there is no foreground, and drawing is allowed.
bool TerminalScreen::in_foreground() const {
  const pid_t group = ::tcgetpgrp(channel_.fd());
  return group < 0 || group == ::getpgrp();
}

bool same_terminal(int one, int other) noexcept {
  struct stat first {};
  struct stat second {};
  return ::isatty(one) == 1 && ::isatty(other) == 1 && ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 &&
         first.st_rdev == second.st_rdev;
}

}  // namespace prun
