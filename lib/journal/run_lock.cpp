// See run_lock.hpp.
#include "journal/run_lock.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace prun::journal {
namespace {

constexpr off_t lock_place = off_t{1} << 40;  // SQLite locks some bytes after 1 GiB

// The descriptors of this process's locks, each plus 1. A forked process has no other access to them.
constexpr std::size_t most_locks = 64;
std::array<std::atomic<int>, most_locks> held{};

bool hold(int fd) noexcept {
  for (std::atomic<int>& place : held) {
    int none = 0;
    if (place.compare_exchange_strong(none, fd + 1)) return true;
  }
  return false;
}

void let_go(int fd) noexcept {
  for (std::atomic<int>& place : held) {
    int mine = fd + 1;
    if (place.compare_exchange_strong(mine, 0)) return;
  }
}

struct flock lock_of_run() noexcept {
  struct flock place {};
  place.l_type = F_WRLCK;
  place.l_whence = SEEK_SET;
  place.l_start = lock_place;
  place.l_len = 1;
  return place;
}

void close_in_child() {
  for (std::atomic<int>& place : held) {
    if (const int number = place.exchange(0); number != 0) ::close(number - 1);
  }
}

}  // namespace

RunLock::RunLock(sys::Fd file) : file_(std::move(file)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  file_ = std::move(other.file_);
  return *this;
}

RunLock::~RunLock() {
  if (file_) let_go(file_.get());
}

bool RunLock::take() {
  static const int registered = ::pthread_atfork(nullptr, nullptr, close_in_child);
  if (registered != 0) throw std::system_error(registered, std::generic_category(), "pthread_atfork");
  const struct flock place = lock_of_run();
  if (::fcntl(file_.get(), F_OFD_SETLK, &place) != 0) {
    if (errno == EACCES || errno == EAGAIN) return false;
    sys::throw_errno("it cannot be locked");
  }
  if (hold(file_.get())) return true;
  throw std::system_error(EMFILE, std::generic_category(), "this process has locked too many journals");
}

bool RunLock::taken_by_another() const noexcept {
  struct flock place = lock_of_run();
  return ::fcntl(file_.get(), F_OFD_GETLK, &place) == 0 && place.l_type != F_UNLCK;
}

}  // namespace prun::journal
