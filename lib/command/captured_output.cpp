#include "command/captured_output.hpp"

#include "command/output_error.hpp"
#include "command/spilled_files.hpp"
#include "function/running_child.hpp"
#include "sys/error.hpp"
#include "sys/file_copy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

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
  if (errno != EAGAIN) throw OutputError(to);
  pollfd writable{to, POLLOUT, 0};
  sys::retry_interrupted([&] { return ::poll(&writable, 1, -1); });
  return true;
}

/// Made when it is first needed: a large thread_local is zeroed at each start of a process or thread, page by page.
std::array<char, block_size>& block() {
  using Block = std::array<char, block_size>;
  thread_local std::unique_ptr<Block> own;
  if (own == nullptr) own = std::make_unique_for_overwrite<Block>();
  return *own;  // NOLINT(clang-analyzer-cplusplus.NewDelete): the analyzer takes what is thread_local for gone
}

ssize_t read_block(int pipe) {
  const ssize_t got = sys::retry_interrupted([&] { return ::read(pipe, block().data(), block_size); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  return got;
}

}  // namespace

bool CapturedOutput::read_from(int pipe) {
  if (!passing_ && file_ && take_turn()) pass_on_what_is_there();
  if (passing_) return pass_on(pipe);
  return file_ ? splice_to_file(pipe) : read_to_memory(pipe);
}

bool CapturedOutput::read_to_memory(int pipe) {
  const ssize_t got = read_block(pipe);
  bytes_.append(block().data(), static_cast<std::size_t>(got));
  note_output({block().data(), static_cast<std::size_t>(got)});
  if (bytes_.size() <= largest_in_memory) return got > 0;
  static_cast<void>(::fcntl(pipe, F_SETPIPE_SZ, large_pipe));  // fewer switches; where it is refused, more
  if (take_turn()) {
    pass_on_what_is_there();
  } else {
    move_to_file();
  }
  return got > 0;
}

void CapturedOutput::move_to_file() {
  file_ = make_unnamed_file();
  std::size_t done = 0;
  while (done < bytes_.size()) {
    const ssize_t written =
        sys::retry_interrupted([&] { return ::write(file_.get(), bytes_.data() + done, bytes_.size() - done); });
    if (written <= 0) fail();
    done += static_cast<std::size_t>(written);
  }
  bytes_ = std::string();
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
  passing_ = passing_on_.turn != nullptr && passing_on_.turn->take(passing_on_.index);
  if (passing_ && passing_on_.terminal != nullptr) passing_on_.terminal->begin_task(passing_on_.index, passing_on_.to);
  return passing_;
}

void CapturedOutput::note_line_end(bool at_line_end) {
  passing_on_.turn->note_line_end(passing_on_.index, at_line_end);
  if (passing_on_.terminal != nullptr) passing_on_.terminal->note_line_end(passing_on_.to, at_line_end);
}

void CapturedOutput::pass_on_what_is_there() {
  struct stat status {};
  if (file_) sys::checked(::fstat(file_.get(), &status), "a temporary file");
  note_line_end(false);
  const std::size_t size = file_ ? static_cast<std::size_t>(status.st_size) : bytes_.size();
  for (std::size_t done = 0; done < size && !reader_gone_;) {
    const ssize_t written =
        file_ ? sys::copy_from_file({file_.get(), static_cast<off_t>(done), size - done}, passing_on_.to)
              : ::write(passing_on_.to, bytes_.data() + done, size - done);
    if (written > 0) done += static_cast<std::size_t>(written);
    reader_gone_ = !goes_on_after(written, passing_on_.to);
  }
  char last = file_ ? sys::last_byte_of({file_.get(), 0, size}) : '\n';
  if (!bytes_.empty()) last = bytes_.back();
  note_line_end(last == '\n');
  file_.reset();
  bytes_ = std::string();
}

// The last byte of what there is is looked at on its way, so that it is known whether it ends a line; the others are not.
bool CapturedOutput::pass_on(int pipe) {
  if (reader_gone_) return read_block(pipe) > 0;
  int waiting = 0;
  sys::checked(::ioctl(pipe, FIONREAD, &waiting), "an output of the command");
  if (waiting > 1) {
    note_line_end(false);
    const ssize_t moved = sys::move_from_pipe(pipe, passing_on_.to, static_cast<std::size_t>(waiting) - 1);
    if (moved == 0) return false;
    reader_gone_ = !goes_on_after(moved, passing_on_.to);
    if (moved != waiting - 1) return true;
  }
  return pass_last_byte(pipe);
}

bool CapturedOutput::pass_last_byte(int pipe) {
  char last = 0;
  const ssize_t got = sys::retry_interrupted([&] { return ::read(pipe, &last, 1); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  if (got == 0) return false;
  for (ssize_t written = 0; written != 1 && !reader_gone_;) {
    written = ::write(passing_on_.to, &last, 1);
    reader_gone_ = !goes_on_after(written, passing_on_.to);
  }
  note_line_end(last == '\n');
  return true;
}

}  // namespace prun::command
