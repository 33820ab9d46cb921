#include "serving/serving_process.hpp"

#include "sys/error.hpp"
#include "sys/process.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace prun::serving {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr int parting_ms = 1000;  // what a process may take to leave, or to die once it has closed its output

/// The process has ended, at once or within the time.
bool ends_within(const command::ChildProcess& child, int ms) {
  pollfd ended{child.fd(), POLLIN, 0};
  return sys::retry_interrupted([&] { return ::poll(&ended, 1, ms); }) > 0;
}

}  // namespace

ServingProcess::Pipe::Pipe() {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  read = sys::Fd(ends[0]);
  write = sys::Fd(ends[1]);
}

ServingProcess::ServingProcess(const ServedCommand& command) : text_(command.text) {
  command::Program program{command::find_program(command.words.front()), command.words};
  program.in = in_.read.get();
  program.out = out_.write.get();
  child_.emplace(program);
  in_.read.reset();
  out_.write.reset();
  ::fcntl(in_.write.get(), F_SETFL, O_NONBLOCK);
}

ServingProcess::~ServingProcess() {
  in_.write.reset();
  out_.read.reset();
  static_cast<void>(ends_within(*child_, parting_ms));
}

std::string_view ServingProcess::exchange(std::string_view line, std::optional<std::chrono::milliseconds> patience) {
  received_.erase(0, taken_);
  taken_ = 0;
  if (received_.empty() && received_.capacity() > 16 * read_bytes) received_.shrink_to_fit();
  searched_ = 0;
  unsent_ = line;
  for (;;) {
    if (unsent_.empty()) {
      if (const auto end = line_end()) {
        taken_ = *end + 1;
        return std::string_view(received_).substr(0, *end);
      }
    }
    std::array<pollfd, 3> waits{pollfd{out_.read.get(), POLLIN, 0},
                                pollfd{unsent_.empty() ? -1 : in_.write.get(), POLLOUT, 0},
                                pollfd{child_->fd(), POLLIN, 0}};
    const int ready = sys::retry_interrupted(
        [&] { return ::poll(waits.data(), waits.size(), patience ? static_cast<int>(patience->count()) : -1); });
    if (ready == 0) {
      throw TaskError(
          failure(FailureKind::timeout, "prun::TimeoutError",
                  fmt::format("has said nothing for {:g} s", static_cast<double>(patience->count()) / 1e3)));
    }
    if (waits[1].revents != 0) write_some();
    if (waits[0].revents != 0 && !read_some()) throw_end();
    // What the program has started may hold its output open. So the end of the program counts, not only that of the output.
    if (waits[0].revents == 0 && waits[2].revents != 0) throw_end();
  }
}

void ServingProcess::write_some() {
  const ssize_t wrote = ::write(in_.write.get(), unsent_.data(), unsent_.size());
  if (wrote >= 0) return unsent_.remove_prefix(static_cast<std::size_t>(wrote));
  // Who reads no more may still have answered, or will be found dead.
  if (errno != EAGAIN && errno != EINTR) unsent_ = {};
}

bool ServingProcess::read_some() {
  const std::size_t before = received_.size();
  received_.resize(before + read_bytes);
  const ssize_t got =
      sys::retry_interrupted([&] { return ::read(out_.read.get(), received_.data() + before, read_bytes); });
  received_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
  return got > 0;
}

std::optional<std::size_t> ServingProcess::line_end() {
  const std::size_t end = received_.find('\n', searched_);
  searched_ = received_.size();
  return end == std::string::npos ? std::nullopt : std::optional(end);
}

Failure ServingProcess::failure(FailureKind kind, const char* type, std::string_view what) const {
  Failure failure;
  failure.kind = kind;
  failure.type = type;
  failure.pid = child_->pid();
  failure.message = fmt::format("process {} ({}) {}", failure.pid, text_, what);
  return failure;
}

void ServingProcess::throw_end() {
  if (!ends_within(*child_, parting_ms)) {
    throw TaskError(failure(FailureKind::bad_result, "prun::SerializationError", "closed its standard output"));
  }
  Failure lost = failure(FailureKind::lost_exit, "prun::WorkerLostError", "");
  const int status = child_->wait().status;
  if (WIFSIGNALED(status)) {
    lost.kind = FailureKind::lost_signal;
    lost.signal = WTERMSIG(status);
    lost.message += "was killed by " + sys::signal_text(lost.signal);
  } else {
    lost.exit_status = WEXITSTATUS(status);
    lost.message += fmt::format("exited with status {} in the middle of the call", lost.exit_status);
  }
  throw TaskError(lost);
}

}  // namespace prun::serving
