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

constexpr std::uint64_t largest_copy = std::uint64_t{1} << 20U;

/// Bytes that have left the pipe must be written completely.
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

// EINVAL: an output opened for appending, or a terminal, does not support copies in the kernel. EIO: of file or output.
bool copies_another_way() noexcept { return errno == EINVAL || errno == ENOSYS || errno == EIO; }

std::size_t read_from_file(const FilePart& part, char* bytes, std::size_t most) {
  const std::size_t wanted = std::min<std::uint64_t>(most, part.size);
  const auto got = retry_interrupted([&] { return ::pread(part.fd, bytes, wanted, part.offset); });
  if (got == 0) errno = EIO;
  if (got <= 0) throw_errno("cannot read a large output from its temporary file");
  return static_cast<std::size_t>(got);
}

char last_byte_of(const FilePart& part) {
  char last = '\n';
  if (part.size == 0) return last;
  static_cast<void>(read_from_file({part.fd, part.offset + static_cast<off_t>(part.size) - 1, 1}, &last, 1));
  return last;
}

ssize_t copy_from_file(const FilePart& part, int to) {
  off_t from = part.offset;
  const ssize_t sent = ::sendfile(to, part.fd, &from, std::min(part.size, largest_copy));
  if (sent > 0 || (sent < 0 && !copies_another_way())) return sent;
  Block block;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread(2) fills it
  return ::write(to, block.data(), read_from_file(part, block.data(), block.size()));
}

ssize_t move_from_pipe(int pipe, int to, std::size_t most) {
  const ssize_t moved = retry_interrupted([&] { return ::splice(pipe, nullptr, to, nullptr, most, SPLICE_F_MOVE); });
  if (moved >= 0 || !copies_another_way()) return moved;
  Block block;
  const ssize_t got = retry_interrupted([&] { return ::read(pipe, block.data(), std::min(block.size(), most)); });
  return got > 0 ? write_all(to, block.data(), static_cast<std::size_t>(got)) : got;
}

}  // namespace prun::sys
