#include "command/line_writer.hpp"

#include "command/output_error.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace prun::command {
namespace {

constexpr std::size_t longest_copied = std::size_t{64} * 1024;
constexpr std::size_t largest_kept = std::size_t{1} * 1024 * 1024;  // capacity kept for unfinished lines

}  // namespace

OutputLock::OutputLock() : file_(sys::checked(::memfd_create("prun-output", MFD_CLOEXEC), "memfd_create")) {}

// A lock of fcntl(2) excludes other processes, even those that share the open file by fork; the mutex excludes threads.
OutputLock::Held::Held(const OutputLock& lock) : thread_(lock.threads_), fd_(lock.file_.get()) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  sys::checked(sys::retry_interrupted([&] { return ::fcntl(fd_, F_SETLKW, &whole); }), "the output's lock");
}

OutputLock::Held::~Held() {
  struct flock whole {};
  whole.l_type = F_UNLCK;
  static_cast<void>(::fcntl(fd_, F_SETLK, &whole));  // unlocking cannot fail
}

std::string tagged(std::string_view lines, std::string_view tag) {
  std::string text;
  text.reserve(lines.size() + tag.size());
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const std::string_view line = lines.substr(0, end == std::string_view::npos ? end : end + 1);
    text.append(tag).append(line);
    lines.remove_prefix(line.size());
  }
  return text;
}

void LineWriter::add(std::string_view bytes) {
  const auto end = bytes.rfind('\n');
  if (end == std::string_view::npos) {
    waiting_ += bytes;
    return;
  }
  waiting_ += bytes.substr(0, end + 1);
  write_out(waiting_);
  waiting_ = bytes.substr(end + 1);
  if (waiting_.capacity() > largest_kept) waiting_.shrink_to_fit();
}

void LineWriter::finish() {
  if (waiting_.empty()) return;
  waiting_ += '\n';
  write_out(waiting_);
  waiting_.clear();
}

// A long line is written directly, without copying it behind its tag.
void LineWriter::write_out(std::string_view lines) const {
  const OutputLock::Held held(*lock_);
  const sys::SharedTerminal::Writing writing(terminal_, fd_);
  if (tag_.empty()) return static_cast<void>(write_all(lines));
  std::string block;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n') + 1);  // there is one: only whole lines come
    lines.remove_prefix(line.size());
    block += tag_;
    if (line.size() < longest_copied) block += line;
    if (line.size() < longest_copied && block.size() < longest_copied) continue;
    if (!write_all(block) || (line.size() >= longest_copied && !write_all(line))) return;
    block.clear();
  }
  static_cast<void>(write_all(block));
}

// Returns false if nobody reads.
bool LineWriter::write_all(std::string_view left) const {
  while (!left.empty()) {
    const ssize_t written = sys::retry_interrupted([&] { return ::write(fd_, left.data(), left.size()); });
    if (written < 0 && errno == EAGAIN) {
      pollfd writable{fd_, POLLOUT, 0};
      sys::retry_interrupted([&] { return ::poll(&writable, 1, -1); });
      continue;
    }
    if (written == 0) errno = EIO;
    if (written < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;  // nobody reads: the master ends the run
    if (written <= 0) throw OutputError(fd_);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace prun::command
