#include "python/python_process.hpp"

#include "python/embedded.hpp"
#include "sys/child_signal.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "wire/failure.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

namespace prun::python {
namespace {

constexpr std::chrono::seconds parting{1};

/// prun's library inside as a file without a name; made once in a process.
int library_file() {
  static const sys::Fd file = [] {
    sys::Fd made(::memfd_create("prun-inside.so", MFD_CLOEXEC));
    if (!made) made = sys::Fd(::open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0700));  // vm.memfd_noexec
    sys::checked(made.get(), "a file for the library that Python loads");
    std::string_view left = inside_library();
    while (!left.empty()) {
      const auto wrote = sys::retry_interrupted([&] { return ::write(made.get(), left.data(), left.size()); });
      left.remove_prefix(static_cast<std::size_t>(sys::checked(wrote, "the library that Python loads")));
    }
    return made;
  }();
  return file.get();
}

bool send_text(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = sys::retry_interrupted([&] { return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); });
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Descriptors for another process, with the worker's number.
bool send_place(int socket, const Place& place) {
  const std::array<int, 3> fds{library_file(), place.memory, place.event_fd};
  const std::size_t count = place.memory >= 0 ? 3 : 1;
  std::uint32_t worker = place.worker;
  iovec data{&worker, sizeof worker};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fds)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(rights), fds.data(), count * sizeof(int));
  return sys::retry_interrupted([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); }) > 0;
}

/// worker.py asks for its place once it runs.
bool asks(int socket) {
  char question = 0;
  return sys::retry_interrupted([&] { return ::recv(socket, &question, 1, 0); }) == 1;
}

/// Ends this process as another has ended.
[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);  // one dump of it is enough
    const int number = WTERMSIG(status);
    ::signal(number, SIG_DFL);
    sys::unblock_signals();
    ::kill(::getpid(), number);
    ::kill(::getpid(), SIGKILL);
  }
  ::_exit(WEXITSTATUS(status));
}

[[noreturn]] void throw_start(const std::string& why) {
  Failure failure;
  failure.kind = FailureKind::worker_start;
  failure.type = "prun::WorkerLostError";
  failure.message = why;
  throw TaskError(failure);
}

}  // namespace

std::vector<std::string> script_words(const std::string& python, bool quickly) {
  const auto size = std::to_string(worker_script().size());
  return {python, quickly ? "-Sc" : "-c",
          "import sys\n"
          "if sys.path[:1] == [''] and not getattr(sys.flags, 'safe_path', False): del sys.path[0]\n"
          "import os\n"
          "s = b''\n"
          "while len(s) < int(sys.argv[1]): s += os.read(0, int(sys.argv[1]) - len(s)) or sys.exit(1)\n"
          "exec(compile(s, '<prun>', 'exec'))",
          size};
}

PythonProcess::PythonProcess(const std::string& python, const Place& place) : python_(python), place_(place) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  channel_.emplace(sys::Fd(ends[0]));
  {
    const sys::Fd other(ends[1]);
    std::vector<std::string> words = script_words(python, false);
    words.emplace_back("serve");
    try {
      command::Program program{command::find_program(python), words};
      program.keeps_stack_limit = true;  // it makes the worker's calls
      program.in = other.get();
      program.out = STDERR_FILENO;
      child_.emplace(program);
    } catch (const std::system_error& error) {
      throw_start(fmt::format("cannot run {}: {}", python, error.code().message()));
    }
  }
  MessageKind kind{};
  std::string bytes;
  if (!send_text(channel_->fd(), worker_script()) || !asks(channel_->fd()) || !send_place(channel_->fd(), place) ||
      !channel_->receive(kind, bytes) || kind != MessageKind::ready) {
    on_end(false);
  }
}

PythonProcess::~PythonProcess() {
  channel_.reset();
  if (child_) static_cast<void>(child_->ends_within(parting));
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

// What a function has started may hold the socket open, so that its end tells nothing: the process's own does.
MessageKind PythonProcess::answer(std::string& bytes) {
  const sys::ChildSignal& news = sys::ChildSignal::of_this_thread();
  std::array<pollfd, 2> waits{pollfd{channel_->fd(), POLLIN, 0}, pollfd{news.fd(), POLLIN, 0}};
  do {
    sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), -1); });
    if (waits[1].revents != 0) news.clear();
  } while (waits[0].revents == 0 && !child_->news().ended);
  MessageKind kind{};
  if (waits[0].revents == 0 || !channel_->receive(kind, bytes)) on_end();
  return kind;
}

void PythonProcess::on_end(bool in_call) {
  lost_ = true;
  if (!child_->ends_within(parting)) ::kill(child_->pid(), SIGKILL);
  const int pid = child_->pid();
  const int status = child_->wait().status;
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
