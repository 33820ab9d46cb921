// See run_lock.hpp.
#include "journal/run_lock.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace prun::journal {
namespace {

constexpr off_t lock_place = off_t{1} << 40;  // SQLite locks some bytes after 1 GiB

// A process uses one journal at a time. A forked process has no other access to it.
std::atomic<int> held_fd{-1};

struct flock lock_of_run() noexcept {
  struct flock place {};
  place.l_type = F_WRLCK;
  place.l_whence = SEEK_SET;
  place.l_start = lock_place;
  place.l_len = 1;
  return place;
}

void close_in_child() {
  if (const int fd = held_fd.exchange(-1); fd >= 0) ::close(fd);
}

}  // namespace

RunLock::RunLock(sys::Fd file) : file_(std::move(file)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  file_ = std::move(other.file_);
  return *this;
}

RunLock::~RunLock() {
  if (file_) {
    int mine = file_.get();
    held_fd.compare_exchange_strong(mine, -1);
  }
}

bool RunLock::take() {
  static const int registered = ::pthread_atfork(nullptr, nullptr, close_in_child);
  if (registered != 0) throw std::system_error(registered, std::generic_category(), "pthread_atfork");
  const struct flock place = lock_of_run();
  if (::fcntl(file_.get(), F_OFD_SETLK, &place) != 0) {
    if (errno == EACCES || errno == EAGAIN) return false;
    sys::throw_errno("it cannot be locked");
  }
  held_fd = file_.get();
  return true;
}

bool RunLock::taken_by_another() const noexcept {
  struct flock place = lock_of_run();
  return ::fcntl(file_.get(), F_OFD_GETLK, &place) == 0 && place.l_type != F_UNLCK;
}

}  // namespace prun::journal
