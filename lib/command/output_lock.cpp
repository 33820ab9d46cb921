#include "command/output_lock.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace prun::command {

OutputLock::OutputLock(int fd)
    : fd_(fd),
      file_(sys::checked(::memfd_create("prun-output", MFD_CLOEXEC), "memfd_create")),
      freed_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      memory_(sys::page_size(), sys::page_size()) {
  new (memory_.data()) State();
}

// The signal is taken back before the try: a release after it signals again.
bool OutputLock::try_hold() {
  std::uint64_t signals = 0;
  if (waiting() != 0) static_cast<void>(::read(freed_.get(), &signals, sizeof signals));
  if (held_here_.test_and_set()) return false;
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (sys::retry_interrupted([&] { return ::fcntl(file_.get(), F_SETLK, &whole); }) == 0) {
    state().taken.fetch_add(1);
    return true;
  }
  const int error = errno;
  held_here_.clear();
  if (error == EAGAIN || error == EACCES) return false;
  errno = error;
  sys::throw_errno("the lock of the output");
}

void OutputLock::release() noexcept {
  struct flock whole {};
  whole.l_type = F_UNLCK;
  static_cast<void>(::fcntl(file_.get(), F_SETLK, &whole));  // unlocking cannot fail
  held_here_.clear();
  constexpr std::uint64_t one = 1;
  if (waiting() != 0) static_cast<void>(::write(freed_.get(), &one, sizeof one));
}

const sys::OutputChannel& OutputLock::channel() {
  if (!channel_) channel_.emplace(fd_, sys::OutputChannel::Wait::never);
  return *channel_;
}

OutputLocks OutputLocks::of_standard_streams() {
  struct stat out {};
  struct stat err {};
  const bool are_one = ::fstat(STDOUT_FILENO, &out) == 0 && ::fstat(STDERR_FILENO, &err) == 0 &&
                       out.st_dev == err.st_dev && out.st_ino == err.st_ino;
  OutputLocks locks{std::make_shared<OutputLock>(STDOUT_FILENO), nullptr};
  locks.err = are_one ? locks.out : std::make_shared<OutputLock>(STDERR_FILENO);
  return locks;
}

}  // namespace prun::command
