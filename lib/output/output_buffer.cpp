// See output_buffer.hpp.
#include "output/output_buffer.hpp"

#include "sys/file_copy.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace prun {

namespace {

constexpr std::size_t room_for_a_record = 4096;
constexpr std::uint64_t largest_copy = std::uint64_t{1} << 20U;  // between two looks at interruptions
constexpr std::size_t largest_kept = std::size_t{1} << 20U;

// A file that took only part of a block (a full disk, a size limit) is cut back to the end of its last whole line, if
// what was written is still its end.
void cut_half_line(int fd, std::string_view written) noexcept {
  const std::size_t end = written.find_last_of(std::string_view("\n\0", 2));
  const auto half = static_cast<off_t>(written.size() - (end == std::string_view::npos ? 0 : end + 1));
  struct stat status {};
  if (half == 0 || ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  const off_t position = ::lseek(fd, 0, SEEK_CUR);
  if (position != status.st_size || position < half) return;
  if (::ftruncate(fd, position - half) == 0) ::lseek(fd, position - half, SEEK_SET);
}

}  // namespace

OutputBuffer::OutputBuffer(int fd, std::string name, GiveUp give_up)
    : fd_(fd), name_(std::move(name)), give_up_(std::move(give_up)), owner_(::getpid()) {
  text_.reserve(block_size + room_for_a_record);
}

OutputBuffer::~OutputBuffer() {
  if (closed_ || whole_ == 0 || ::getpid() != owner_) return;
  try {
    flush();
  } catch (const std::exception&) {
    // Whoever wants to know flushes before.
  }
}

void OutputBuffer::flush() {
  if (whole_ != 0) write_out(whole_);
}

void OutputBuffer::commit_full_block() {
  if (!closed_ && text_.size() > block_size && whole_ != 0) write_out(whole_);
  if (closed_) return close();
  whole_ = text_.size();
  if (whole_ >= block_size) write_out(whole_);
}

void OutputBuffer::write_out(std::size_t n) {
  std::size_t done = 0;
  while (done < n) {
    const ssize_t written = ::write(fd_, text_.data() + done, n - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
      if (done < n && given_up()) return close();
      continue;
    }
    const int error = written == 0 ? EIO : errno;
    if (error == EPIPE || error == ECONNRESET) return close();
    if (error == EINTR) {
      if (given_up()) return close();
      continue;
    }
    if (error != EAGAIN && error != EWOULDBLOCK) fail(std::string_view(text_).substr(0, done), error);
    if (!wait_until_writable()) return close();
  }
  text_.erase(0, n);
  whole_ -= n;
  if (text_.empty() && text_.capacity() > largest_kept) {
    text_ = std::string();
    text_.reserve(block_size + room_for_a_record);
  }
}

void OutputBuffer::copy_from(int file, off_t offset, std::uint64_t size) {
  flush();
  while (size > 0 && !closed_) {
    const ssize_t written = sys::copy_from_file(file, offset, fd_, std::min<std::uint64_t>(size, largest_copy));
    if (written > 0) {
      offset += written;
      size -= static_cast<std::uint64_t>(written);
    }
    if (!go_on_after(written)) return close();
  }
}

// False: nobody reads, or the output was given up.
bool OutputBuffer::go_on_after(ssize_t written) {
  if (written > 0) return !given_up();
  const int error = written == 0 ? EIO : errno;
  if (error == EPIPE || error == ECONNRESET) return false;
  if (error == EINTR) return !given_up();
  if (error == EAGAIN || error == EWOULDBLOCK) return wait_until_writable();
  fail({}, error);
}

// Somebody who shares the descriptor made it non-blocking. False: given up.
bool OutputBuffer::wait_until_writable() {
  pollfd waiting{fd_, POLLOUT, 0};
  while (::poll(&waiting, 1, -1) < 0) {
    if (errno != EINTR) return true;  // the write will say what is wrong
    if (given_up()) return false;
  }
  return true;
}

void OutputBuffer::close() noexcept {
  closed_ = true;
  text_.clear();
  whole_ = 0;
}

void OutputBuffer::fail(std::string_view written, int error) {
  cut_half_line(fd_, written);
  close();
  throw std::system_error(error, std::generic_category(), "cannot write to " + name_);
}

}  // namespace prun
