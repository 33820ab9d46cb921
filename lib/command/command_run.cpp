#include "command/command_run.hpp"

#include "command/captured_output.hpp"
#include "command/child_process.hpp"
#include "command/command_result.hpp"
#include "sys/error.hpp"
#include "sys/group_cpu_time.hpp"
#include "sys/process.hpp"

#include <prun/detail/child_usage.hpp>
#include <prun/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <thread>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::command {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  sys::Fd read;
  sys::Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

const sys::Fd& no_input() {
  static const sys::Fd null(sys::checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  return null;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

bool has(const Variables& variables, std::string_view name) {
  return std::any_of(variables.begin(), variables.end(),
                     [name](const auto& variable) { return variable.first == name; });
}

/// This process's environment with `common` and, before all, `own` in it.
std::vector<std::string> merged_environment(const Variables& own, const Variables& common) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (!has(own, name) && !has(common, name)) merged.emplace_back(text);
  }
  const auto add = [&merged](const auto& variable) {
    merged.emplace_back(variable.first).append("=").append(variable.second);
  };
  for (const auto& variable : own) add(variable);
  for (const auto& variable : common) {
    if (!has(own, variable.first)) add(variable);
  }
  return merged;
}

/// One output of a running command.
class Stream {
 public:
  Stream(Streams streams, int own, const std::string& tag, const OutputLock& lock, PassingOn passing_on = {})
      : target_(own), captured_(passing_on) {
    if (streams == Streams::passed) return;
    Pipe pipe = make_pipe();
    read_ = std::move(pipe.read);
    write_ = std::move(pipe.write);
    if (streams == Streams::by_line) lines_.emplace(own, tag, lock);
  }

  [[nodiscard]] int for_child() const noexcept { return write_ ? write_.get() : target_; }
  void child_has_it() noexcept { write_.reset(); }
  [[nodiscard]] int fd() const noexcept { return read_.get(); }
  [[nodiscard]] bool open() const noexcept { return static_cast<bool>(read_); }

  /// After poll(2).
  void serve(short events) {
    if (events == 0) return;
    const bool goes_on = (events & POLLIN) != 0 && (lines_ ? pass_lines() : captured_.read_from(fd()));
    if (goes_on) return;
    if (lines_) lines_->finish();
    read_.reset();
  }

  [[nodiscard]] CommandResult::Output output(const SpilledFiles& spilled) const {
    if (captured_.file()) return {{}, spilled.send(captured_.file())};
    return {captured_.bytes(), std::nullopt};
  }

 private:
  bool pass_lines() {
    std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
    const ssize_t got = sys::retry_interrupted([&] { return ::read(fd(), buffer.data(), buffer.size()); });
    if (got > 0) lines_->add({buffer.data(), static_cast<std::size_t>(got)});
    return got > 0;
  }

  int target_;
  sys::Fd read_;
  sys::Fd write_;
  CapturedOutput captured_;
  std::optional<LineWriter> lines_;
};

/// What is still to be written to a command's standard input.
class Feed {
 public:
  explicit Feed(std::string_view bytes) : left_(bytes) {
    if (left_.empty()) {
      for_child_ = no_input().get();
      return;
    }
    Pipe pipe = make_pipe();
    read_ = std::move(pipe.read);
    write_ = std::move(pipe.write);
    for_child_ = read_.get();
    sys::checked(::fcntl(write_.get(), F_SETFL, O_NONBLOCK), "fcntl");
  }

  [[nodiscard]] int for_child() const noexcept { return for_child_; }
  void child_has_it() noexcept { read_.reset(); }
  [[nodiscard]] int fd() const noexcept { return write_.get(); }

  void serve(short events) {
    if (events == 0) return;
    const ssize_t written = sys::retry_interrupted([this] { return ::write(fd(), left_.data(), left_.size()); });
    if (written > 0) left_.remove_prefix(static_cast<std::size_t>(written));
    if (left_.empty() || (written < 0 && errno != EAGAIN)) write_.reset();  // it does not have to read all
  }

 private:
  std::string_view left_;
  int for_child_ = -1;
  sys::Fd read_;
  sys::Fd write_;
};

/// Looks from time to time at what a command with all that it has started has used.
class CpuWatch {
 public:
  explicit CpuWatch(std::chrono::microseconds limit) : limit_(limit) {
    if (!limited()) return;
    for (const auto& [pid, time] : sys::group_cpu_times(::getpgrp())) {
      if (pid == ::getpid()) {
        until_ = time + limit;
      } else {
        left_behind_.push_back(pid);
      }
    }
    due_ = Clock::now() + limit / cpus();
  }
  [[nodiscard]] bool limited() const noexcept { return limit_.count() != 0; }
  /// Milliseconds, for poll(2): as soon as all CPUs together could have used the rest, but not all the time.
  [[nodiscard]] int next_look() const {
    if (!limited()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  void look_if_due() {
    if (!limited() || Clock::now() < due_) return;
    auto left = until_;
    for (const auto& [pid, time] : sys::group_cpu_times(::getpgrp())) {
      if (std::ranges::find(left_behind_, pid) == left_behind_.end()) left -= time;
    }
    if (left.count() <= 0) ::raise(SIGPROF);
    due_ = Clock::now() + std::max<Clock::duration>(left / cpus(), std::chrono::milliseconds(10));
  }

 private:
  static unsigned cpus() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

  std::chrono::microseconds limit_;
  std::chrono::microseconds until_{};  ///< of the worker and what it has waited for, and of what the command starts
  std::vector<pid_t> left_behind_;     ///< by earlier commands: no business of this one
  Clock::time_point due_{};
};

/// Serves the pipes until the outputs end, or, where something in the background holds them open, the command has ended.
void serve_until_end(const ChildProcess& child, Feed& feed, Stream& out, Stream& err, CpuWatch& watch) {
  bool ended = false;
  while (out.open() || err.open() || ((feed.fd() >= 0 || watch.limited()) && !ended)) {
    std::array<pollfd, 4> waits{pollfd{out.fd(), POLLIN, 0}, pollfd{err.fd(), POLLIN, 0}, pollfd{feed.fd(), POLLOUT, 0},
                                pollfd{ended ? -1 : child.fd(), POLLIN, 0}};
    const int ready =
        sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), ended ? 0 : watch.next_look()); });
    if (ready == 0 && ended) return;
    if (!ended) watch.look_if_due();
    out.serve(waits[0].revents);
    err.serve(waits[1].revents);
    feed.serve(waits[2].revents);
    ended = ended || waits[3].revents != 0;
  }
}

Failure failure_of(int status) {
  Failure failure;
  failure.type = "prun::CommandError";
  if (WIFSIGNALED(status)) {
    failure.kind = FailureKind::signal;
    failure.signal = WTERMSIG(status);
    failure.message = "ended by " + sys::signal_text(failure.signal);
  } else {
    failure.kind = FailureKind::exit;
    failure.exit_status = WEXITSTATUS(status);
    failure.message = "exit status " + std::to_string(failure.exit_status);
  }
  return failure;
}

// As a shell would: 127 for what is not there, 126 for what cannot be run.
[[noreturn]] void not_started(const std::system_error& error) {
  Failure failure;
  failure.type = "prun::CommandError";
  failure.kind = FailureKind::exit;
  failure.exit_status = error.code().value() == ENOENT ? 127 : 126;
  failure.message = std::string("cannot be started: ") + error.what();
  throw TaskError(failure);
}

std::unique_ptr<ChildProcess> start(const CommandLine& line, const Variables& common, const Feed& feed,
                                    const Stream& out, const Stream& err) try {
  const bool own_environment = !line.environment.empty() || !common.empty();
  std::vector<std::string> environment;
  if (own_environment) environment = merged_environment(line.environment, common);
  return std::make_unique<ChildProcess>(
      Program{find_program(line.arguments.front()), line.arguments, own_environment ? &environment : nullptr,
              line.directory ? &*line.directory : nullptr, feed.for_child(), out.for_child(), err.for_child()});
} catch (const std::system_error& error) {
  not_started(error);
}

std::chrono::microseconds duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Usage usage_of(const rusage& used) {
  return {duration_of(used.ru_utime), duration_of(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024,
          static_cast<std::uint64_t>(used.ru_minflt), static_cast<std::uint64_t>(used.ru_majflt)};
}

}  // namespace

void run_command(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                 const std::string& tag, std::string& value) {
  const auto started = Clock::now();
  CpuWatch watch(surroundings.cpu_limit);
  Feed feed(line.standard_input);
  Stream out(surroundings.streams, STDOUT_FILENO, tag, surroundings.output_lock,
             {surroundings.turn.get(), index, STDOUT_FILENO});
  Stream err(surroundings.streams, STDERR_FILENO, tag, surroundings.output_lock);
  const auto child = start(line, surroundings.environment, feed, out, err);
  feed.child_has_it();
  out.child_has_it();
  err.child_has_it();
  serve_until_end(*child, feed, out, err, watch);
  const ChildProcess::End end = child->wait();
  const Usage used = usage_of(end.usage);
  detail::count_child(used);

  CommandResult result;
  result.status = end.status;
  result.out = out.output(surroundings.spilled);
  result.err = err.output(surroundings.spilled);
  result.wall = Clock::now() - started;
  result.user = used.user;
  result.system = used.system;
  result.max_rss = used.max_rss;
  result.minor_faults = used.minor_faults;
  result.major_faults = used.major_faults;
  if (end.status == 0) return encode_result(result, value);
  Failure failure = failure_of(end.status);
  encode_result(result, failure.detail);
  throw TaskError(failure);
}

}  // namespace prun::command
