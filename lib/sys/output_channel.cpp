#include "sys/output_channel.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdio>

namespace prun::sys {
namespace {

using Block = std::array<char, std::size_t{64} * 1024>;

/// Opens the same pipe or terminal again. None: no /proc, or the file belongs to another user.
Fd reopened(int fd) noexcept {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
  return Fd(::open(path.data(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

bool takes_bytes_now(int fd) noexcept {
  pollfd writable{fd, POLLOUT, 0};
  return ::poll(&writable, 1, 0) != 0;  // write(2) will report an error
}

}  // namespace

OutputChannel::OutputChannel(int fd, Wait wait) noexcept : fd_(fd) {
  struct stat status {};
  if (wait == Wait::as_needed || ::fstat(fd, &status) != 0) return;
  pipe_ = S_ISFIFO(status.st_mode);
  if (S_ISSOCK(status.st_mode)) {
    way_ = Way::socket;
  } else if (pipe_ || ::isatty(fd) == 1) {
    own_ = reopened(fd);
    way_ = own_ ? Way::own : Way::small_steps;
  }
}

ssize_t OutputChannel::write(std::string_view bytes) const noexcept {
  switch (way_) {
    case Way::plain: break;
    case Way::socket: return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Way::own: return ::write(own_.get(), bytes.data(), bytes.size());
    case Way::small_steps:
      if (!takes_bytes_now(fd_)) return errno = EAGAIN, -1;
      return ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
  }
  return ::write(fd_, bytes.data(), bytes.size());
}

ssize_t OutputChannel::copy(const FilePart& part) const {
  if (way_ == Way::plain) return copy_from_file(part, fd_);
  if (pipe_ && part.by_reference) {
    const ssize_t moved = splice_from(part);
    if (moved > 0 || (moved < 0 && !copies_another_way())) return moved;
  }
  Block block;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread(2) fills it
  const std::size_t got = read_from_file(part, block.data(), block.size());
  return write({block.data(), got});
}

// A file, or a device that is no terminal, accepts everything. A socket would wait although it is asked not to.
ssize_t OutputChannel::move(int pipe, std::size_t most) const noexcept {
  if (!pipe_ && way_ != Way::plain) return errno = EINVAL, -1;
  const ssize_t moved =
      retry_interrupted([&] { return ::splice(pipe, nullptr, fd_, nullptr, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK); });
  if (moved < 0 && copies_another_way()) errno = EINVAL;
  return moved;
}

ssize_t OutputChannel::splice_from(const FilePart& part) const noexcept {
  off_t from = part.offset;
  return ::splice(part.fd, &from, fd_, nullptr, part.size, SPLICE_F_NONBLOCK);
}

}  // namespace prun::sys
