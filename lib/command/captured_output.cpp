#include "command/captured_output.hpp"

#include "command/spilled_files.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace prun::command {
namespace {

constexpr int large_pipe = 1 << 20;  // what an unprivileged process may have

[[noreturn]] void fail() { sys::throw_errno("an output cannot be written to a temporary file"); }

}  // namespace

bool CapturedOutput::read_from(int pipe) { return file_ ? splice_to_file(pipe) : read_to_memory(pipe); }

bool CapturedOutput::read_to_memory(int pipe) {
  // Made when it is first needed: a large thread_local is zeroed at each start of a process or thread, page by page.
  using Buffer = std::array<char, std::size_t{64} * 1024>;
  thread_local const std::unique_ptr<Buffer> own = std::make_unique_for_overwrite<Buffer>();
  Buffer& buffer = *own;
  const ssize_t got = sys::retry_interrupted([&] { return ::read(pipe, buffer.data(), buffer.size()); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  bytes_.append(buffer.data(), static_cast<std::size_t>(got));
  if (bytes_.size() > largest_in_memory) move_to_file(pipe);
  return got > 0;
}

void CapturedOutput::move_to_file(int pipe) {
  file_ = make_unnamed_file();
  std::size_t done = 0;
  while (done < bytes_.size()) {
    const ssize_t written =
        sys::retry_interrupted([&] { return ::write(file_.get(), bytes_.data() + done, bytes_.size() - done); });
    if (written <= 0) fail();
    done += static_cast<std::size_t>(written);
  }
  bytes_ = std::string();
  ::fcntl(pipe, F_SETPIPE_SZ, large_pipe);  // fewer switches; where it is refused, more
}

bool CapturedOutput::splice_to_file(int pipe) {
  for (;;) {
    const ssize_t moved = sys::retry_interrupted(
        [&] { return ::splice(pipe, nullptr, file_.get(), nullptr, large_pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK); });
    if (moved > 0) continue;
    if (moved == 0) return false;
    if (errno == EAGAIN) return true;
    fail();
  }
}

}  // namespace prun::command
