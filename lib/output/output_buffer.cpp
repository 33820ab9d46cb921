// See output_buffer.hpp.
#include "output/output_buffer.hpp"

#include "output/overlay.hpp"
#include "sys/error.hpp"

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
constexpr std::size_t largest_kept = std::size_t{1} << 20U;

// If a file took only part of a block (full disk, size limit), it is truncated to its last complete line, provided that the
// block is still at its end. If that fails, the partial line stays, and the following error is reported.
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

OutputBuffer::OutputBuffer(int fd, std::string name, SlowReader slow_reader)
    : name_(std::move(name)),
      waits_(slow_reader == SlowReader::awaited),
      channel_(fd, waits_ ? sys::OutputChannel::Wait::as_needed : sys::OutputChannel::Wait::never),
      owner_(::getpid()) {
  struct stat status {};
  if (::fstat(fd, &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
    if (S_ISCHR(status.st_mode)) terminal_ = status.st_rdev;
  }
  text_.reserve(block_size + room_for_a_record);
}

OutputBuffer::~OutputBuffer() {
  if (closed_ || empty() || ::getpid() != owner_) return;
  try {
    flush();
  } catch (const std::exception&) {
    // To see errors, flush before the destructor.
  }
}

void OutputBuffer::commit_full_block() {
  ++batch_;
  if (!closed_ && text_.size() > next_write_ && whole_ > begin_) write_whole();
  if (closed_) return close();
  whole_ = text_.size();
  if (whole_ >= next_write_) write_whole();
}

void OutputBuffer::copy_from(const sys::FilePart& part, std::shared_ptr<const void> owner) {
  if (part.size == 0) return;
  Stop stop;
  stop.file = part;
  stop.last = sys::last_byte_of(part);
  stop.owner = std::move(owner);
  add(std::move(stop));
}

void OutputBuffer::supply(std::uint64_t expected, char last, More more) {
  Stop stop;
  stop.last = last;
  stop.file.size = expected;
  stop.more = std::move(more);
  add(std::move(stop));
}

void OutputBuffer::add(Stop stop) {
  if (closed_) return;
  stop.at = before_text_ + whole_;
  told_elsewhere_ += stop.file.size;
  waiting_files_ += stop.file.size;
  stops_.push_back(std::move(stop));
  if (waits_ || !blocked_) write_whole();
}

void OutputBuffer::flush() {
  ++batch_;
  while (!closed_ && !empty()) {
    write_whole();
    if (closed_ || empty()) return;
    if (barred()) {
      stops_.front().before->flush();
    } else {
      wait_until_writable();
    }
  }
}

void OutputBuffer::push() {
  ++batch_;
  if (closed_ || empty() || blocked_) return;
  if (overlay_ == nullptr || !overlay_->holds_back()) write_whole();
}

void OutputBuffer::write_whole() {
  blocked_ = false;
  while (!closed_ && !empty() && !barred()) {
    if (may_write() && write_some()) continue;
    if (!waits_) {
      blocked_ = true;
      break;
    }
    wait_until_writable();  // a process that shares the descriptor made it non-blocking
  }
  forget_written();
}

bool OutputBuffer::may_write() { return overlay_ == nullptr || overlay_->make_way(); }

void OutputBuffer::begin_line() {
  if (closed_) return;
  if (joined_ == nullptr || joined_->closed_) {
    if (last_told() != '\n') write("\n");
    return;
  }
  follow(*joined_);
  const bool other_was_last = told() == told_when_behind_;
  if ((other_was_last ? joined_->last_told() : last_told()) != '\n') write("\n");
}

void OutputBuffer::note_written_outside(bool ends_in_line) noexcept {
  if (closed_ || !empty()) return;
  note_last(ends_in_line ? ' ' : '\n');
  ++told_elsewhere_;
  ++written_elsewhere_;
}

bool OutputBuffer::is_same_place(const OutputBuffer& other) const noexcept {
  if (terminal_ != 0 && terminal_ == other.terminal_) return true;
  return device_ == other.device_ && inode_ == other.inode_;
}

/// The last byte of all that came, written or not.
char OutputBuffer::last_told() const noexcept {
  for (auto stop = stops_.rbegin(); stop != stops_.rend() && stop->at == before_text_ + whole_; ++stop) {
    if (stop->before == nullptr) return stop->last;
  }
  return whole_ > begin_ ? text_[whole_ - 1] : last_written_;
}

void OutputBuffer::note_last(char last) {
  last_written_ = last;
  if (overlay_ != nullptr) overlay_->wrote(last);
}

/// Returns false if the reader accepts nothing now.
bool OutputBuffer::write_some() {
  const std::uint64_t end = stops_.empty() ? before_text_ + whole_ : stops_.front().at;
  const auto size = static_cast<std::size_t>(end - before_text_ - begin_);
  if (size == 0) return write_some_of(stops_.front());
  const ssize_t written = channel_.write(std::string_view(text_).substr(begin_, size));
  if (written > 0) {
    begin_ += static_cast<std::size_t>(written);
    note_last(text_[begin_ - 1]);
  }
  return took(written);
}

bool OutputBuffer::write_some_of(Stop& stop) {
  if (stop.more) return write_made(stop);
  if (stop.file.size != 0) {
    const ssize_t written = channel_.copy(stop.file);
    if (written > 0) {
      const auto bytes = static_cast<std::uint64_t>(written);
      stop.file.offset += written;
      stop.file.size -= bytes;
      waiting_files_ -= bytes;
      written_elsewhere_ += bytes;
      if (overlay_ != nullptr) note_last(sys::last_byte_of({stop.file.fd, stop.file.offset - 1, 1}));
    }
    if (!took(written)) return false;
  }
  if (!closed_ && stop.file.size == 0) pass(stop);
  return true;
}

bool OutputBuffer::write_made(Stop& stop) {
  if (stop.made_written == stop.made.size()) {
    stop.made.clear();
    stop.made_written = 0;
    stop.all_made = !stop.more(stop.made);
  }
  if (!stop.made.empty()) {
    const ssize_t written = channel_.write(std::string_view(stop.made).substr(stop.made_written));
    if (written > 0) {
      stop.made_written += static_cast<std::size_t>(written);
      note_last(stop.made[stop.made_written - 1]);
    }
    if (!took(written)) return false;
  }
  if (!closed_ && stop.all_made && stop.made_written == stop.made.size()) pass(stop);
  return true;
}

void OutputBuffer::pass(Stop& stop) {
  waiting_files_ -= stop.file.size;
  written_elsewhere_ += stop.file.size;
  if (stop.before == nullptr) last_written_ = stop.last;
  stops_.pop_front();
  unbroken_ = begin_;
}

/// Returns false if the reader accepts nothing now. Closes if there is no reader. @throws std::system_error
bool OutputBuffer::took(ssize_t written) {
  if (written > 0) return true;
  const int error = written == 0 ? EIO : errno;
  if (error == EAGAIN || error == EWOULDBLOCK) return false;
  if (error == EPIPE || error == ECONNRESET) {
    close();
  } else if (error != EINTR) {
    fail(error);
  }
  return true;
}

bool OutputBuffer::barred() const noexcept {
  if (stops_.empty() || stops_.front().at != before_text_ + begin_) return false;
  const Stop& stop = stops_.front();
  return stop.before != nullptr && !stop.before->closed() && stop.before->written() < stop.before_written;
}

// Moves the rest to the front only if it is the smaller part.
void OutputBuffer::forget_written() {
  if (begin_ != 0 && text_.size() - begin_ <= begin_) {
    text_.erase(0, begin_);
    before_text_ += begin_;
    whole_ -= begin_;
    unbroken_ -= std::min(unbroken_, begin_);
    begin_ = 0;
  }
  if (text_.empty() && text_.capacity() > largest_kept) {
    text_ = std::string();
    text_.reserve(block_size + room_for_a_record);
  }
  next_write_ = (empty() ? begin_ : text_.size()) + block_size;
}

void OutputBuffer::wait_until_writable() const {
  pollfd waiting{fd(), POLLOUT, 0};
  sys::retry_interrupted([&] { return ::poll(&waiting, 1, -1); });  // if it fails, write(2) reports the error
}

// For two descriptors of one file, pipe or terminal the order is visible. For others nobody sees which came first.
void OutputBuffer::follow_waiting(OutputBuffer& other) {
  if (other.waits_) return other.flush();
  other.push();
  if (other.empty() || other.closed() || !is_same_place(other)) return;
  Stop stop;
  stop.before = &other;
  stop.before_written = other.told();
  add(std::move(stop));
}

std::uint64_t OutputBuffer::give_up_rest() noexcept {
  const std::uint64_t left = waiting_text() + waiting_files_;
  if (!empty()) close();
  return left;
}

void OutputBuffer::close() noexcept {
  closed_ = true;
  text_.clear();
  stops_.clear();
  begin_ = whole_ = unbroken_ = 0;
  waiting_files_ = 0;
}

void OutputBuffer::fail(int error) {
  cut_half_line(fd(), std::string_view(text_).substr(unbroken_, begin_ - unbroken_));
  close();
  throw std::system_error(error, std::generic_category(), "cannot write to " + name_);
}

void push(OutputBuffer& out, OutputBuffer& err) {
  std::uint64_t before = 0;
  std::uint64_t left = 0;
  do {
    before = out.waiting_text() + out.waiting_files() + err.waiting_text() + err.waiting_files();
    out.push();
    err.push();
    left = out.waiting_text() + out.waiting_files() + err.waiting_text() + err.waiting_files();
  } while (left != 0 && left != before);
}

}  // namespace prun
