#include "command/output_lock.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace prun::command {

OutputLock::OutputLock()
    : file_(sys::checked(::memfd_create("prun-output", MFD_CLOEXEC), "memfd_create")),
      freed_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      memory_(sys::page_size(), sys::page_size()) {
  new (memory_.data()) State();
}

// The signal is taken back before the try: a release after it signals again.
bool OutputLock::try_hold() {
  if (!threads_.try_lock()) return false;
  std::uint64_t signals = 0;
  if (state().waiting.load() != 0) static_cast<void>(::read(freed_.get(), &signals, sizeof signals));
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (sys::retry_interrupted([&] { return ::fcntl(file_.get(), F_SETLK, &whole); }) == 0) return true;
  const int error = errno;
  threads_.unlock();
  if (error == EAGAIN || error == EACCES) return false;
  errno = error;
  sys::throw_errno("the lock of the output");
}

void OutputLock::release() noexcept {
  struct flock whole {};
  whole.l_type = F_UNLCK;
  static_cast<void>(::fcntl(file_.get(), F_SETLK, &whole));  // unlocking cannot fail
  threads_.unlock();
  constexpr std::uint64_t one = 1;
  if (state().waiting.load() != 0) static_cast<void>(::write(freed_.get(), &one, sizeof one));
}

const sys::OutputChannel& OutputLock::channel(int fd) {
  for (auto& known : channels_) {
    if (known && known->fd != fd) continue;
    if (!known) known.emplace(Channel{fd, sys::OutputChannel(fd, sys::OutputChannel::Wait::never)});
    return known->channel;
  }
  auto& last = channels_.back();
  last.emplace(Channel{fd, sys::OutputChannel(fd, sys::OutputChannel::Wait::never)});
  return last->channel;
}

}  // namespace prun::command
