#include "command/command_streams.hpp"

#include "function/running_child.hpp"
#include "sys/error.hpp"
#include "sys/file_copy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace prun::command {
namespace {

constexpr std::size_t usual_pipe = std::size_t{64} << 10;
constexpr int large_pipe = 256 << 10;
constexpr std::size_t most_lines = std::size_t{64} << 20;  // that wait in memory for a slow reader

struct Pipe {
  sys::Fd read;
  sys::Fd write;
};

std::optional<Pipe> try_pipe() noexcept {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{sys::Fd(ends[0]), sys::Fd(ends[1])};
}

Pipe make_pipe() {
  auto pipe = try_pipe();
  if (!pipe) sys::throw_errno("pipe");
  return std::move(*pipe);
}

int no_input() {
  static const sys::Fd null(sys::checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  return null.get();
}

}  // namespace

OutputStream::OutputStream(Streams streams, int own, const std::string& tag, OutputLock* lock, PassingOn passing_on)
    : target_(own), captured_(passing_on) {
  if (streams == Streams::passed) return;
  Pipe pipe = make_pipe();
  read_ = std::move(pipe.read);
  write_ = std::move(pipe.write);
  if (streams != Streams::by_line) return;
  lines_.emplace(tag, *lock, passing_on.terminal);
  if (passing_on.most_waiting != 0) lines_->keep_up_to(std::min<std::uint64_t>(passing_on.most_waiting, most_lines));
}

void OutputStream::serve(short events, short room) {
  if (lines_) {
    lines_->write();
  } else if (room != 0) {
    captured_.pass_on_waiting();
  }
  if (events == 0 || !open()) return;
  const bool goes_on = (events & POLLIN) != 0 && (lines_ ? pass_lines() : captured_.read_from(read_.get()));
  if (!goes_on) close();
}

void OutputStream::close() {
  if (lines_) lines_->finish();
  read_.reset();
}

// What the pipe has now moves to a pipe that nobody writes to. That has room for all of it, so nothing stays behind. Where there can be
// no such pipe, the output is read as long as more comes.
void OutputStream::end_here() {
  if (!open()) return;
  auto rest = try_pipe();
  const int size = ::fcntl(read_.get(), F_GETPIPE_SZ);
  if (!rest || ::fcntl(rest->write.get(), F_SETPIPE_SZ, size) < size) return;
  int left = 0;
  sys::checked(::ioctl(read_.get(), FIONREAD, &left), "an output of the command");
  while (left > 0) {
    const ssize_t moved = sys::retry_interrupted([&] {
      return ::splice(read_.get(), nullptr, rest->write.get(), nullptr, static_cast<std::size_t>(left),
                      SPLICE_F_NONBLOCK);
    });
    sys::checked(static_cast<int>(moved), "an output of the command");
    if (moved == 0) break;
    left -= static_cast<int>(moved);
  }
  read_ = std::move(rest->read);
}

// Of lines it is not all: they wait in memory, and the command must not fill it while it is asked to exit.
void OutputStream::read_all() noexcept {
  captured_.keep_all();
  if (lines_) lines_->keep_up_to(2 * most_lines);
}

CommandResult::Output OutputStream::output(const SpilledFiles& spilled) {
  captured_.end();
  if (captured_.file()) return {{}, spilled.send(captured_.file())};
  return {captured_.bytes(), std::nullopt};
}

bool OutputStream::pass_lines() {
  std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
  const ssize_t got = sys::retry_interrupted([&] { return ::read(read_.get(), buffer.data(), buffer.size()); });
  if (got < 0) sys::throw_errno("an output of the command cannot be read");
  if (got > 0) {
    note_output({buffer.data(), static_cast<std::size_t>(got)});
    lines_->add({buffer.data(), static_cast<std::size_t>(got)});
  }
  return got > 0;
}

InputFeed::InputFeed(const Content& content, int instead) : left_(content) {
  if (left_.bytes.empty() && left_.size == 0) {
    instead_ = instead >= 0 ? instead : no_input();
    return;
  }
  Pipe pipe = make_pipe();
  read_ = std::move(pipe.read);
  write_ = std::move(pipe.write);
  sys::checked(::fcntl(write_.get(), F_SETFL, O_NONBLOCK), "the command's standard input");
  // Fewer wake-ups. The system may refuse it.
  if (left_.bytes.size() + left_.size > usual_pipe) static_cast<void>(::fcntl(write_.get(), F_SETPIPE_SZ, large_pipe));
}

/// Writes once. @return as write(2)
ssize_t InputFeed::feed() {
  if (!left_.bytes.empty()) {
    const ssize_t written = ::write(fd(), left_.bytes.data(), left_.bytes.size());
    if (written > 0) left_.bytes.remove_prefix(static_cast<std::size_t>(written));
    return written;
  }
  const sys::FilePart rest{left_.file, static_cast<off_t>(left_.offset), left_.size};
  ssize_t moved = 0;
  try {
    moved = sys::copy_from_file(rest, fd());
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "standard input cannot be read");
  }
  if (moved > 0) {
    left_.offset += static_cast<std::uint64_t>(moved);
    left_.size -= static_cast<std::uint64_t>(moved);
  }
  return moved;
}

void InputFeed::serve(short events) {
  if (events == 0) return;
  const ssize_t written = sys::retry_interrupted([this] { return feed(); });
  const bool all = left_.bytes.empty() && left_.size == 0;
  if (all || (written < 0 && errno != EAGAIN)) write_.reset();  // it does not have to read all
}

}  // namespace prun::command
