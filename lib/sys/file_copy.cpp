#include "sys/file_copy.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace prun::sys {
namespace {

using Block = std::array<char, std::size_t{32} * 1024>;

// An output opened to append, or a terminal, takes no copies within the kernel.
bool refuses_such_copies() { return errno == EINVAL || errno == ENOSYS; }

/// What has left the pipe must arrive.
ssize_t write_all(int to, const char* bytes, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t written = retry_interrupted([&] { return ::write(to, bytes + done, size - done); });
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written < 0 && errno == EAGAIN) {
      pollfd writable{to, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

}  // namespace

ssize_t copy_from_file(int file, off_t offset, int to, std::size_t most) {
  off_t from = offset;
  const ssize_t sent = ::sendfile(to, file, &from, most);
  if (sent >= 0 || !refuses_such_copies()) return sent;
  Block block;
  const ssize_t got = ::pread(file, block.data(), std::min(block.size(), most), offset);
  return got > 0 ? ::write(to, block.data(), static_cast<std::size_t>(got)) : got;
}

ssize_t move_from_pipe(int pipe, int to, std::size_t most) {
  const ssize_t moved = retry_interrupted([&] { return ::splice(pipe, nullptr, to, nullptr, most, SPLICE_F_MOVE); });
  if (moved >= 0 || !refuses_such_copies()) return moved;
  Block block;
  const ssize_t got = retry_interrupted([&] { return ::read(pipe, block.data(), std::min(block.size(), most)); });
  return got > 0 ? write_all(to, block.data(), static_cast<std::size_t>(got)) : got;
}

}  // namespace prun::sys
