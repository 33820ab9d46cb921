#include "python/python_server.hpp"

#include "python/python_start.hpp"
#include "sys/error.hpp"
#include "sys/patience.hpp"
#include "sys/process.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <span>
#include <utility>

namespace prun::python {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr int parting_ms = 1000;

}  // namespace

PythonServer::PythonServer(const PythonOptions& options, sys::Fd requests) : python_(options.program) {
  const int fd = requests.get();
  StartedPython started = start_python(options, "offer", std::span(&fd, requests ? 1 : 0), 0);
  child_ = std::move(started.child);
  socket_ = std::move(started.socket);
  // A Python that is too old requests nothing. Its error message comes as the first answer.
}

PythonServer::~PythonServer() {
  ::shutdown(socket_.get(), SHUT_RDWR);  // its forks hold it open too
  socket_.reset();
  if (child_) static_cast<void>(ends_within(child_->fd(), parting_ms));
}

std::string PythonServer::describe(const std::string& target, const std::string& path) {
  const std::string request = target + '\0' + path + '\0';
  for (std::string_view left = request; !left.empty();) {
    const auto sent =
        sys::retry_short_of_memory([&] { return ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL); });
    if (sent <= 0) break;  // its answer may be in the socket nevertheless
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return next_line();
}

std::string PythonServer::next_line() {
  std::size_t searched = 0;
  for (;;) {
    if (const auto end = received_.find('\n', searched); end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    searched = received_.size();
    // A child of a module may hold the socket open, so the end of the process counts too.
    std::array<pollfd, 2> waits{pollfd{socket_.get(), POLLIN, 0}, pollfd{child_->fd(), POLLIN, 0}};
    sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), -1); });
    if (waits[0].revents == 0) throw_end();
    received_.resize(searched + read_bytes);
    const auto got =
        sys::retry_interrupted([&] { return ::recv(socket_.get(), received_.data() + searched, read_bytes, 0); });
    received_.resize(searched + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got <= 0) throw_end();
  }
}

void PythonServer::throw_end() {
  if (!ends_within(child_->fd(), parting_ms)) ::kill(child_->pid(), SIGKILL);
  Failure failure;
  failure.type = "prun::WorkerLostError";
  failure.pid = child_->pid();
  const int status = child_->wait().status;
  failure.kind = WIFSIGNALED(status) ? FailureKind::lost_signal : FailureKind::lost_exit;
  failure.message =
      WIFSIGNALED(status)
          ? fmt::format("process {} ({}) was killed by {}", failure.pid, python_, sys::signal_text(WTERMSIG(status)))
          : fmt::format("process {} ({}) exited with status {}", failure.pid, python_, WEXITSTATUS(status));
  throw TaskError(failure);
}

}  // namespace prun::python
