#include "support/pseudo_terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace prun::test {

PseudoTerminal::PseudoTerminal(const std::vector<std::string>& arguments, const Environment& environment) {
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  winsize window{};
  window.ws_col = 80;
  window.ws_row = 24;
  pid_ = ::forkpty(&fd_, nullptr, nullptr, &window);
  if (pid_ < 0) throw std::runtime_error("forkpty");
  if (pid_ == 0) {
    (void)::signal(SIGPIPE, SIG_DFL);  // as a shell starts it, whatever a test before this one has ignored
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("CI");
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
}

PseudoTerminal::~PseudoTerminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGCONT);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(fd_);
}

bool PseudoTerminal::shows(std::string_view text) const {
  const auto lines = screen_.lines();
  return std::any_of(lines.begin(), lines.end(), [text](const std::string& line) { return line.starts_with(text); });
}

void PseudoTerminal::type(std::string_view keys) const {
  if (::write(fd_, keys.data(), keys.size()) < 0) throw std::runtime_error("the terminal takes no keys");
}

void PseudoTerminal::resize(unsigned short columns, unsigned short lines) const {
  winsize window{};
  window.ws_col = columns;
  window.ws_row = lines;
  if (::ioctl(fd_, TIOCSWINSZ, &window) != 0) throw std::runtime_error("TIOCSWINSZ");
}

// After some time without output `done` is asked again: it may look at more than the screen.
bool PseudoTerminal::read_some() {
  pollfd readable{fd_, POLLIN, 0};
  if (::poll(&readable, 1, 20) <= 0) return true;
  std::array<char, 4096> block{};
  const ssize_t got = ::read(fd_, block.data(), block.size());
  if (got <= 0) return false;  // EIO: nobody has the terminal open any more
  const std::string_view text(block.data(), static_cast<std::size_t>(got));
  bytes_ += text;
  screen_.print(text);
  return true;
}

bool PseudoTerminal::wait_until(const std::function<bool()>& done) {
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline_ || !read_some()) return done();
  }
  return true;
}

int PseudoTerminal::wait() {
  while (read_some()) {
    if (std::chrono::steady_clock::now() > deadline_) return -1;
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace prun::test
