// The state in which prun wants to find its standard streams; see standard_streams.hpp.
#include "standard_streams.hpp"

#include "sys/caller_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace prun::app {

void prepare_standard_streams() noexcept {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is `fd` itself. Standard error is the exception: prun must be able to speak into the void.
    const int flags = fd == STDIN_FILENO ? O_WRONLY : fd == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::open("/dev/null", flags) < 0) break;  // no /dev: go on as before
  }
  sys::change_caller_state();
}

void complain(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void close_standard_output() {
  if (::close(STDOUT_FILENO) == 0 || errno == EBADF || errno == EINTR) return;
  throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
}

}  // namespace prun::app
