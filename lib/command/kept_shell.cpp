#include "command/kept_shell.hpp"

#include "command/bash/task_request.hpp"
#include "command/bash_builtin.hpp"
#include "command/command_group.hpp"
#include "command/merged_environment.hpp"
#include "command/script_place.hpp"
#include "function/worker_end.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace prun::command {
namespace {

constexpr timeval patience{10, 0};  // a shell that does not answer within this time is killed
constexpr int no_hello = ENOTSUP;   // it cannot load the builtin

/// What this thread's worker keeps.
struct Kept {
  std::optional<KeptShell> shell;
  bool impossible = false;
  bool ends_with_worker = false;
};

Kept& kept() {
  thread_local Kept kept;
  return kept;
}

bool is_bash(std::string_view program) noexcept { return program.substr(program.rfind('/') + 1) == "bash"; }

/// Bash reads these variables when it starts, and may then run or print more.
bool start_is_plain() noexcept {
  return std::ranges::none_of(std::array{"BASH_ENV", "SHELLOPTS", "BASHOPTS"}, [](const char* name) {
    return std::getenv(name) != nullptr;  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  });
}

bool may_be_kept(const CommandLine& line, const CommandSurroundings& surroundings) {
  static const bool plain = start_is_plain();
  return (line.is_script || line.words_of_shell != 0) && is_bash(line.arguments.front()) && !line.directory &&
         !surroundings.terminal && surroundings.stopping.own_process && plain;
}

/// Shell commands that give the forked shell the state of a newly started one. An exported function may be named `set`.
std::string setup_of(const CommandLine& line) {
  std::string setup = "SECONDS=0 RANDOM=";
  setup +=
      std::to_string(std::chrono::steady_clock::now().time_since_epoch().count() & 0x7fffffff) + "\nbuiltin set --";
  for (std::size_t i = 4; i < line.arguments.size(); ++i) append_single_quoted(setup += ' ', line.arguments[i]);
  for (const auto& [name, value] : line.environment) {
    setup.append("\nbuiltin export ").append(name) += '=';
    append_single_quoted(setup, value);
  }
  return setup;
}

/// The builtin as a file that bash can load.
sys::Fd builtin_file() {
  sys::Fd file(sys::checked(::memfd_create("prun_tasks", MFD_CLOEXEC), "memfd_create"));
  for (std::string_view left = bash_builtin(); !left.empty();) {
    const ssize_t wrote = sys::retry_interrupted([&] { return ::write(file.get(), left.data(), left.size()); });
    if (wrote < 0) sys::throw_errno("a temporary file in memory");
    left.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return file;
}

std::array<sys::Fd, 2> socket_pair() {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

bool send_all(int channel, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = sys::retry_interrupted([&] { return ::send(channel, bytes, size, MSG_NOSIGNAL); });
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

KeptShell* KeptShell::for_command(const CommandLine& line, const CommandSurroundings& surroundings) {
  Kept& mine = kept();
  if (mine.impossible || !may_be_kept(line, surroundings)) return nullptr;
  if (mine.shell && (mine.shell->name_ != line.arguments.front() || !mine.shell->lives())) mine.shell.reset();
  if (mine.shell) return &*mine.shell;
  try {
    if (!std::exchange(mine.ends_with_worker, true)) at_worker_end([] { kept().shell.reset(); });
    return &mine.shell.emplace(line.arguments.front(), surroundings);
  } catch (const std::system_error& error) {
    // If something is scarce, the command itself meets it too, and reports it.
    mine.impossible = error.code().value() == no_hello;
    return nullptr;
  }
}

pid_t KeptShell::pid_of_this_worker() noexcept { return kept().shell ? kept().shell->shell_->pid() : 0; }

KeptShell::KeptShell(const std::string& shell, const CommandSurroundings& surroundings) : name_(shell) {
  const sys::Fd builtin = builtin_file();
  const sys::Fd nothing(sys::checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null"));
  auto [own, others] = socket_pair();
  for (const int limit : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    sys::checked(::setsockopt(own.get(), SOL_SOCKET, limit, &patience, sizeof patience), "setsockopt");
  }
  const std::string load = "enable -f /proc/$PPID/fd/" + std::to_string(builtin.get()) + " prun_tasks && prun_tasks";
  const std::vector<std::string> arguments{shell, "--norc", "-c", load, shell.substr(shell.rfind('/') + 1)};
  const std::vector<std::string> environment = merged_environment({}, surroundings.environment);
  Program program{find_program(shell), arguments, &environment, nullptr, others.get(), nothing.get(), nothing.get()};
  program.own_group = true;
  if (const CommandGroup* group = CommandGroup::current()) program.control_group = group->entrance();
  shell_ = std::make_unique<ChildProcess>(program);
  others.reset();
  channel_ = std::move(own);
  if (!says_hello()) throw std::system_error(no_hello, std::generic_category(), shell);
}

bool KeptShell::says_hello() {
  char hello = 0;
  return sys::retry_interrupted([&] { return ::recv(channel_.get(), &hello, 1, 0); }) == 1;
}

bool KeptShell::send(const std::string& setup, const std::string& script, const std::array<int, 4>& files) {
  TaskRequest request{static_cast<std::uint32_t>(setup.size() + 1), static_cast<std::uint32_t>(script.size() + 1)};
  iovec part{&request, sizeof request};
  union {
    cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * TaskRequest::files)];
  } control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int) * files.size());
  std::memcpy(CMSG_DATA(head), files.data(), sizeof(int) * files.size());
  const ssize_t sent = sys::retry_interrupted([&] { return ::sendmsg(channel_.get(), &message, MSG_NOSIGNAL); });
  return sent == static_cast<ssize_t>(sizeof request) && send_all(channel_.get(), setup.c_str(), request.setup_size) &&
         send_all(channel_.get(), script.c_str(), request.script_size);
}

pid_t KeptShell::start(const CommandLine& line, const std::array<int, 3>& streams) {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  const sys::Fd gate_read(ends[0]);
  const sys::Fd gate_write(ends[1]);  // if it is closed without a byte, the process exits
  TaskReply reply;
  const auto receive = [&] { return ::recv(channel_.get(), &reply, sizeof reply, MSG_WAITALL); };
  if (!send(setup_of(line), line.arguments[2], {streams[0], streams[1], streams[2], gate_read.get()}) ||
      sys::retry_interrupted(receive) != static_cast<ssize_t>(sizeof reply)) {
    channel_.reset();  // the next command gets another shell
    return -1;
  }
  if (reply.pid < 0) throw std::system_error(-reply.pid, std::generic_category(), "cannot start a process");
  ::setpgid(reply.pid, reply.pid);  // the process calls this too; it does not matter which is first
  const char go = 1;
  static_cast<void>(sys::retry_interrupted([&] { return ::write(gate_write.get(), &go, 1); }));
  return reply.pid;
}

}  // namespace prun::command
