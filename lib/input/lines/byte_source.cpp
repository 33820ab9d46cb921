// Reads bytes from a file descriptor, after a check whether it has any, or from memory.
#include "input/lines/byte_source.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace prun {
namespace {

std::string words_of(int error) { return std::generic_category().message(error); }

/// Returns whether reading the descriptor can block, or why it cannot be read at all.
tl::expected<bool, std::string> may_block(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return tl::unexpected(words_of(errno));
  if (S_ISDIR(status.st_mode)) return tl::unexpected(words_of(EISDIR));
  return !S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode);
}

}  // namespace

tl::expected<FileBytes, std::string> FileBytes::open(const std::string& path) {
  sys::Fd file(sys::retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file) return tl::unexpected(words_of(errno));
  auto source = borrow(file.get());
  if (source) source->owner_ = std::move(file);
  return source;
}

tl::expected<FileBytes, std::string> FileBytes::borrow(int fd) {
  const auto blocks = may_block(fd);
  if (!blocks) return tl::unexpected(blocks.error());
  return FileBytes(fd, *blocks);
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : owner_(std::move(other.owner_)), fd_(other.fd_), may_block_(other.may_block_), errno_(other.errno_) {}

ByteSource::Got FileBytes::read(std::span<char> room, std::size_t& size) {
  if (may_block_) {
    pollfd ready{fd_, POLLIN, 0};
    const int count = sys::retry_interrupted([&] { return ::poll(&ready, 1, 0); });
    if (count == 0) return Got::blocked;
  }
  const ssize_t got = sys::retry_interrupted([&] { return ::read(fd_, room.data(), room.size()); });
  if (got == 0) return Got::end;
  if (got < 0) {
    if (errno == EAGAIN && may_block_) return Got::blocked;  // another process made it non-blocking, or took the bytes
    errno_ = errno;
    return Got::failed;
  }
  size = static_cast<std::size_t>(got);
  return Got::bytes;
}

std::string FileBytes::reason() const { return words_of(errno_); }

ByteSource::Got MemoryBytes::read(std::span<char> room, std::size_t& size) {
  if (rest_.empty()) return Got::end;
  size = std::min({room.size(), rest_.size(), piece_});
  std::copy_n(rest_.begin(), size, room.begin());
  rest_.remove_prefix(size);
  return Got::bytes;
}

}  // namespace prun
