#include "command/command_streams.hpp"

#include "function/running_child.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace prun::command {
namespace {

struct Pipe {
  sys::Fd read;
  sys::Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

int no_input() {
  static const sys::Fd null(sys::checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  return null.get();
}

}  // namespace

OutputStream::OutputStream(Streams streams, int own, const std::string& tag, const OutputLock& lock,
                           PassingOn passing_on)
    : target_(own), captured_(passing_on) {
  if (streams == Streams::passed) return;
  Pipe pipe = make_pipe();
  read_ = std::move(pipe.read);
  write_ = std::move(pipe.write);
  if (streams == Streams::by_line) lines_.emplace(own, tag, lock, passing_on.terminal);
}

void OutputStream::serve(short events) {
  if (events == 0) return;
  const bool goes_on = (events & POLLIN) != 0 && (lines_ ? pass_lines() : captured_.read_from(fd()));
  if (goes_on) return;
  if (lines_) lines_->finish();
  read_.reset();
}

CommandResult::Output OutputStream::output(const SpilledFiles& spilled) const {
  if (captured_.file()) return {{}, spilled.send(captured_.file())};
  return {captured_.bytes(), std::nullopt};
}

bool OutputStream::pass_lines() {
  std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
  const ssize_t got = sys::retry_interrupted([&] { return ::read(fd(), buffer.data(), buffer.size()); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  if (got > 0) {
    note_output({buffer.data(), static_cast<std::size_t>(got)});
    lines_->add({buffer.data(), static_cast<std::size_t>(got)});
  }
  return got > 0;
}

InputFeed::InputFeed(std::string_view bytes, int instead) : left_(bytes) {
  if (left_.empty()) {
    instead_ = instead >= 0 ? instead : no_input();
    return;
  }
  Pipe pipe = make_pipe();
  read_ = std::move(pipe.read);
  write_ = std::move(pipe.write);
  sys::checked(::fcntl(write_.get(), F_SETFL, O_NONBLOCK), "the command's standard input");
}

void InputFeed::serve(short events) {
  if (events == 0) return;
  const ssize_t written = sys::retry_interrupted([this] { return ::write(fd(), left_.data(), left_.size()); });
  if (written > 0) left_.remove_prefix(static_cast<std::size_t>(written));
  if (left_.empty() || (written < 0 && errno != EAGAIN)) write_.reset();  // it does not have to read all
}

}  // namespace prun::command
