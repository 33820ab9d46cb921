#include "python/python_process.hpp"

#include "command/start_error.hpp"
#include "python/python_start.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "wire/failure.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

namespace prun::python {
namespace {

constexpr int parting_ms = 1000;

/// Exits in the same way as another process has.
[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);  // one core dump is enough
    const int number = WTERMSIG(status);
    ::signal(number, SIG_DFL);
    sys::unblock_signals();
    ::kill(::getpid(), number);
    ::kill(::getpid(), SIGKILL);
  }
  ::_exit(WEXITSTATUS(status));
}

[[noreturn]] void throw_start(const std::string& program, const std::system_error& error) {
  Failure failure = command::start_failure(error, "prun::WorkerLostError");
  failure.kind = FailureKind::worker_start;
  failure.message = program + ' ' + failure.message;
  throw TaskError(failure);
}

}  // namespace

PythonProcess::PythonProcess(const PythonOptions& options, int requests, const Place& place)
    : python_(options.program), place_(place) {
  bool ready = true;
  if (auto forked = fork_python(requests, place)) {
    companion_ = std::move(forked->companion);
    channel_.emplace(std::move(forked->channel));
  } else {
    ready = start(options);
  }
  MessageKind kind{};
  std::string bytes;
  if (!ready || !channel_->receive(kind, bytes) || kind != MessageKind::ready) on_end(false);
}

bool PythonProcess::start(const PythonOptions& options) {
  try {
    const std::array<int, 2> fds{place_.memory, place_.event_fd};
    StartedPython started =
        start_python(options, "serve", std::span(fds.data(), place_.memory >= 0 ? fds.size() : 0), place_.worker);
    companion_ = std::make_unique<Companion>(std::move(started.child));
    channel_.emplace(std::move(started.socket));
    return started.ready;
  } catch (const std::system_error& error) {
    throw_start(python_, error);
  }
}

PythonProcess::~PythonProcess() {
  channel_.reset();
  if (companion_) static_cast<void>(ends_within(companion_->fd(), parting_ms));
}

void PythonProcess::call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result) {
  const CallHead head{name.size(), args.size(), kwargs.size()};
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes.append(name).append(args).append(kwargs);
  if (!channel_->send(MessageKind::call, bytes)) on_end();
  if (answer(bytes) == MessageKind::failure) throw TaskError(wire::decode_failure(bytes));
  result += bytes;
}

worker::Baton PythonProcess::take_over(const worker::Baton& baton) {
  std::string bytes;
  if (!channel_->send(MessageKind::baton, {reinterpret_cast<const char*>(&baton), sizeof baton}) ||
      answer(bytes) != MessageKind::baton || bytes.size() != sizeof baton) {
    on_end();
  }
  worker::Baton returned;
  std::memcpy(&returned, bytes.data(), sizeof returned);
  return returned;
}

// A child of a function may hold the socket open. So the end of the process counts, not only that of the socket.
MessageKind PythonProcess::answer(std::string& bytes) {
  std::array<pollfd, 2> waits{pollfd{channel_->fd(), POLLIN, 0}, pollfd{companion_->fd(), POLLIN, 0}};
  sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), -1); });
  MessageKind kind{};
  if (waits[0].revents == 0 || !channel_->receive(kind, bytes)) on_end();
  return kind;
}

void PythonProcess::on_end(bool in_call) {
  lost_ = true;
  if (!ends_within(companion_->fd(), parting_ms)) companion_->kill();
  const int pid = companion_->pid();
  const int status = companion_->wait();
  if (place_.same_fate && in_call) end_like(status);
  Failure failure;
  failure.type = "prun::WorkerLostError";
  failure.pid = pid;
  if (WIFSIGNALED(status)) {
    failure.kind = FailureKind::lost_signal;
    failure.signal = WTERMSIG(status);
    failure.message = fmt::format("process {} ({}) was killed by {}", pid, python_, sys::signal_text(failure.signal));
  } else {
    failure.kind = FailureKind::lost_exit;
    failure.exit_status = WEXITSTATUS(status);
    failure.message = fmt::format("process {} ({}) exited with status {} {}", pid, python_, failure.exit_status,
                                  in_call ? "in the middle of the call" : "before it could be called");
  }
  throw TaskError(failure);
}

}  // namespace prun::python
