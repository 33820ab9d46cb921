#include "cluster/link.hpp"

#include "sys/error.hpp"
#include "sys/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace prun::cluster {
namespace {

constexpr std::size_t block_size = std::size_t{256} * 1024;

void make_nonblocking(int fd) {
  const int flags = sys::checked(::fcntl(fd, F_GETFL), "fcntl");
  sys::checked(::fcntl(fd, F_SETFL, flags | O_NONBLOCK), "fcntl");
}

std::string text_of(int status) {
  if (WIFSIGNALED(status)) return "was killed by " + sys::signal_text(WTERMSIG(status));
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Link::Pipe::Pipe() {
  std::array<int, 2> fds{};
  sys::checked(::pipe2(fds.data(), O_CLOEXEC), "cannot create a pipe");
  read.reset(fds[0]);
  write.reset(fds[1]);
}

Link::Link(const std::vector<std::string>& words) {
  Pipe in;
  Pipe out;
  Pipe err;
  const std::string& path = command::find_program(words.front());
  command::Program program{.path = path, .arguments = words};
  program.in = in.read.get();
  program.out = out.write.get();
  program.err = err.write.get();
  program.own_group = true;
  make_nonblocking(out.read.get());
  make_nonblocking(err.read.get());
  child_.emplace(program);
  pid_ = child_->pid();
  outlet_ = std::make_shared<Outlet>(std::move(in.write));
  out_ = std::move(out.read);
  err_ = std::move(err.read);
}

Link::~Link() {
  outlet_->close();
  if (child_) sys::kill_group(pid_, SIGKILL);
}

Link::Got Link::read_from(int fd, std::string& bytes) {
  bytes.resize(block_size);
  const ssize_t got = sys::retry_interrupted([&] { return ::read(fd, bytes.data(), bytes.size()); });
  const int error = errno;
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (got > 0) return Got::bytes;
  return got < 0 && error == EAGAIN ? Got::nothing : Got::end;
}

Link::Got Link::read_out(std::string& bytes) const { return read_from(out_.get(), bytes); }

Link::Got Link::read_err(std::string& bytes) const { return err_ ? read_from(err_.get(), bytes) : Got::end; }

std::optional<std::string> Link::ending(std::chrono::milliseconds limit) {
  if (!child_ || !child_->ends_within(limit)) return std::nullopt;
  try {
    const int status = child_->wait().status;
    child_.reset();
    return text_of(status);
  } catch (const std::system_error&) {
    child_.reset();
    return std::nullopt;
  }
}

void Link::ask_to_end() {
  outlet_->close();
  if (child_) sys::kill_group(pid_, SIGTERM);
}

bool Link::ends_within(std::chrono::milliseconds limit) const { return !child_ || child_->ends_within(limit); }

}  // namespace prun::cluster
