#include "command/captured_output.hpp"

#include "command/output_error.hpp"
#include "command/spilled_files.hpp"
#include "function/running_child.hpp"
#include "sys/error.hpp"
#include "sys/file_copy.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace prun::command {
namespace {

constexpr std::size_t block_size = std::size_t{64} * 1024;
constexpr int large_pipe = 1 << 20;  // what an unprivileged process may have

[[noreturn]] void fail() { sys::throw_errno("cannot write an output to a temporary file"); }

/// After a write to prun's own output: false where nobody reads it. @throws OutputError where it takes no more
bool goes_on_after(ssize_t written, int to) {
  if (written > 0 || (written < 0 && errno == EINTR)) return true;
  if (written == 0) errno = EIO;
  if (errno == EPIPE || errno == ECONNRESET) return false;
  throw OutputError(to);
}

/// Made when it is first needed: a large thread_local is zeroed at each start of a process or thread, page by page.
std::array<char, block_size>& block() {
  using Block = std::array<char, block_size>;
  thread_local std::unique_ptr<Block> own;
  if (own == nullptr) own = std::make_unique_for_overwrite<Block>();
  return *own;  // NOLINT(clang-analyzer-cplusplus.NewDelete): the analyzer takes what is thread_local for gone
}

bool takes_no_more_now(ssize_t written) { return written < 0 && errno == EAGAIN; }

bool disk_is_full(const std::system_error& error) {
  const int code = error.code().value();
  return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

ssize_t read_block(int pipe, std::size_t most = block_size) {
  const ssize_t got = sys::retry_interrupted([&] { return ::read(pipe, block().data(), std::min(most, block_size)); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  return got;
}

}  // namespace

bool CapturedOutput::read_from(int pipe) {
  if (!channel_ && file_) static_cast<void>(take_turn());
  if (channel_) return pass_on(pipe);
  if (!keep(pipe, block_size)) return false;
  if (bytes_.size() > largest_in_memory && !take_turn()) move_to_file();
  return true;
}

bool CapturedOutput::keep(int pipe, std::size_t most) {
  return file_ ? splice_to_file(pipe) : read_to_memory(pipe, most);
}

bool CapturedOutput::read_to_memory(int pipe, std::size_t most) {
  const ssize_t got = read_block(pipe, most);
  const std::size_t before = bytes_.size();
  bytes_.append(block().data(), static_cast<std::size_t>(got));
  if (!channel_) note_output({block().data(), static_cast<std::size_t>(got)});
  // Fewer switches; where it is refused, more.
  if (before <= largest_in_memory && bytes_.size() > largest_in_memory)
    static_cast<void>(::fcntl(pipe, F_SETPIPE_SZ, large_pipe));
  return got > 0;
}

void CapturedOutput::move_to_file() {
  sys::Fd file = make_unnamed_file();
  for (std::size_t done = passed_; done < bytes_.size();) {
    const ssize_t written =
        sys::retry_interrupted([&] { return ::write(file.get(), bytes_.data() + done, bytes_.size() - done); });
    if (written <= 0) fail();
    done += static_cast<std::size_t>(written);
  }
  file_ = std::move(file);
  bytes_ = std::string();
  passed_ = 0;
}

bool CapturedOutput::splice_to_file(int pipe) {
  for (;;) {
    const ssize_t moved = sys::retry_interrupted(
        [&] { return ::splice(pipe, nullptr, file_.get(), nullptr, large_pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK); });
    if (moved > 0) return true;
    if (moved == 0) return false;
    if (errno == EAGAIN) return true;
    fail();
  }
}

bool CapturedOutput::take_turn() {
  if (passing_on_.turn == nullptr || !passing_on_.turn->take(passing_on_.index)) return false;
  channel_.emplace(passing_on_.to, sys::OutputChannel::Wait::never);
  if (passing_on_.terminal != nullptr) passing_on_.terminal->begin_task(passing_on_.index, passing_on_.to);
  pass_on_waiting();
  return true;
}

void CapturedOutput::note_line_end(bool at_line_end) {
  passing_on_.turn->note_line_end(passing_on_.index, at_line_end);
  if (passing_on_.terminal != nullptr) passing_on_.terminal->note_line_end(passing_on_.to, at_line_end);
}

std::uint64_t CapturedOutput::kept_bytes() const {
  if (!file_) return bytes_.size();
  struct stat status {};
  sys::checked(::fstat(file_.get(), &status), "a temporary file");
  return static_cast<std::uint64_t>(status.st_size);
}

bool CapturedOutput::something_waits() const noexcept { return !reader_gone_ && (file_ || !bytes_.empty()); }

int CapturedOutput::waits_for() const noexcept {
  return channel_ && !reader_gone_ && (full_ || something_waits()) ? channel_->fd() : -1;
}

void CapturedOutput::pass_on_waiting() {
  if (!channel_) return;
  if (!something_waits()) {
    full_ = false;
    return;
  }
  const std::uint64_t size = kept_bytes();
  if (passed_ < size) note_line_end(false);
  while (passed_ < size && !reader_gone_) {
    const ssize_t written = file_ ? channel_->copy({file_.get(), static_cast<off_t>(passed_), size - passed_, true})
                                  : channel_->write(std::string_view(bytes_).substr(passed_));
    if (takes_no_more_now(written)) return;
    if (written > 0) passed_ += static_cast<std::uint64_t>(written);
    reader_gone_ = !goes_on_after(written, passing_on_.to);
  }
  if (size > 0) note_line_end((file_ ? sys::last_byte_of({file_.get(), 0, size}) : bytes_.back()) == '\n');
  file_.reset();  // not truncated: a pipe may still refer to its bytes
  bytes_.clear();
  if (bytes_.capacity() > block_size) bytes_ = std::string();
  passed_ = 0;
  full_ = false;
}

bool CapturedOutput::pass_on(int pipe) {
  if (reader_gone_) return read_block(pipe) > 0;
  pass_on_waiting();
  std::size_t most = block_size;
  if (!something_waits()) {
    switch (pass_on_directly(pipe)) {
      case Passed::all_but_one: most = 1; break;
      case Passed::some: return true;
      case Passed::none: break;
    }
    if (full_) return true;
  }
  if (!keep_where_possible(pipe, most)) return false;
  pass_on_waiting();
  full_ = full_ || (something_waits() && kept_bytes() >= passing_on_.most_waiting);
  return true;
}

// The last byte of what there is is looked at on its way, so that it is known whether it ends a line; the others are not.
CapturedOutput::Passed CapturedOutput::pass_on_directly(int pipe) {
  int waiting = 0;
  sys::checked(::ioctl(pipe, FIONREAD, &waiting), "an output of the command");
  if (waiting <= 1) return Passed::none;
  const ssize_t moved = channel_->move(pipe, static_cast<std::size_t>(waiting) - 1);
  if (moved < 0 && errno == EINVAL) return Passed::none;
  if (takes_no_more_now(moved)) {
    full_ = passing_on_.most_waiting == 0;
    return Passed::none;
  }
  note_line_end(false);
  reader_gone_ = !goes_on_after(moved, passing_on_.to);
  return moved == waiting - 1 ? Passed::all_but_one : Passed::some;
}

// If the disk is full, the command waits until the reader has taken what is kept.
bool CapturedOutput::keep_where_possible(int pipe, std::size_t most) try {
  const bool more = keep(pipe, most);
  if (!file_ && bytes_.size() > largest_in_memory) move_to_file();
  return more;
} catch (const std::system_error& error) {
  if (full_ || passing_on_.most_waiting == no_limit || !disk_is_full(error)) throw;
  full_ = true;
  return true;
}

void CapturedOutput::keep_all() noexcept {
  passing_on_.most_waiting = no_limit;
  full_ = false;
}

void CapturedOutput::end() {
  if (reader_gone_) {
    file_.reset();
    bytes_ = std::string();
  }
  if (!file_ || passed_ == 0) return;
  const std::uint64_t size = kept_bytes();
  sys::Fd rest = make_unnamed_file();
  while (passed_ < size) {
    const ssize_t copied = sys::copy_from_file({file_.get(), static_cast<off_t>(passed_), size - passed_}, rest.get());
    if (copied <= 0) fail();
    passed_ += static_cast<std::uint64_t>(copied);
  }
  file_ = std::move(rest);
  passed_ = 0;
}

}  // namespace prun::command
