// What bash loads so that it can be kept (command/kept_shell.hpp): the builtin `prun_tasks`. It reads tasks from a socket and forks
// for each a process that runs the task's script as `bash -c` would, and then exits.
//
// The process is a child of the worker, not of this shell (CLONE_PARENT). So the worker waits for it, stops it and measures it as
// any other command, and the shell never waits. It runs nothing before the worker knows it: it first reads from its gate.
//
//   worker                                     this shell                        the task's process
//     | <- hello: one byte ---------------------- |
//     | -- request, setup, script, 4 files -----> | -- clone(CLONE_PARENT) -------> | reads from the gate
//     | <- process id, or -errno ---------------- |                                 |
//     | -- a byte through the gate -----------------------------------------------> | setup, script, exit
//
// It uses what every bash since 4.0 exports to its loadable builtins. It is plain code without the C++ library.
#include "command/bash/task_request.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {
// Of bash's builtins.h, builtins/common.h, shell.h, jobs.h and sig.h.
struct word_list;
struct builtin {  // NOLINT(readability-identifier-naming): bash's name
  const char* name;
  int (*function)(word_list*);
  int flags;
  const char* const* long_doc;
  const char* short_doc;
  char* handle;
};
int parse_and_execute(char* text, const char* from, int flags);
[[noreturn]] void exit_shell(int status);
int signal_is_trapped(int signal);
[[gnu::weak]] extern pid_t dollar_dollar_pid;
[[gnu::weak]] extern pid_t shell_pgrp;
[[gnu::weak]] extern int parse_and_execute_level;
[[gnu::weak]] extern int indirection_level;
struct variable;
variable* bind_variable(const char* name, char* value, int flags);
[[gnu::weak]] extern volatile sig_atomic_t terminating_signal;
}

namespace {

using prun::command::TaskRequest;

constexpr int builtin_enabled = 0x01;
constexpr int no_history = 0x04;
constexpr int keep_text = 0x08;  // bash must not free it
constexpr int reset_line = 0x10;
constexpr int exit_trap = 0;
constexpr int lowest_own_descriptor = 10;  // scripts may use those below

/// Returns false if a signal is ending this shell.
bool may_repeat() noexcept { return errno == EINTR && (&terminating_signal == nullptr || terminating_signal == 0); }

bool read_all(int from, char* bytes, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t got = ::read(from, bytes, size);
    if (got < 0 && may_repeat()) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int to, const void* bytes, std::size_t size) noexcept {
  ssize_t sent = 0;
  do {
    sent = ::send(to, bytes, size, MSG_NOSIGNAL);
  } while (sent < 0 && may_repeat());
  return sent == static_cast<ssize_t>(size);
}

/// Reads the next request, without its texts. Returns false if the worker has closed the socket.
bool receive(int channel, TaskRequest& request, int (&files)[TaskRequest::files]) noexcept {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): recvmsg(2) fills it
  union {
    cmsghdr head;
    char bytes[CMSG_SPACE(sizeof files)];
  } control;
  iovec part{&request, sizeof request};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t got = 0;
  do {
    got = ::recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (got < 0 && may_repeat());
  const cmsghdr* const head = CMSG_FIRSTHDR(&message);
  if (got != static_cast<ssize_t>(sizeof request) || head == nullptr || head->cmsg_type != SCM_RIGHTS) return false;
  if (head->cmsg_len != CMSG_LEN(sizeof files)) return false;
  std::memcpy(files, CMSG_DATA(head), sizeof files);
  return true;
}

pid_t fork_for_worker() noexcept {
  constexpr unsigned long flags = CLONE_PARENT | SIGCHLD;
#if defined(__s390__)
  return static_cast<pid_t>(::syscall(SYS_clone, 0UL, flags, 0UL, 0UL, 0UL));
#else
  return static_cast<pid_t>(::syscall(SYS_clone, flags, 0UL, 0UL, 0UL, 0UL));
#endif
}

/// Makes the forked shell the main shell, as in `bash -c`.
void be_main_shell() noexcept {
  if (&dollar_dollar_pid != nullptr) dollar_dollar_pid = ::getpid();
  if (&shell_pgrp != nullptr) shell_pgrp = ::getpid();
  if (&parse_and_execute_level != nullptr) parse_and_execute_level = 0;  // a last simple command needs no other process
  if (&indirection_level != nullptr) indirection_level = 0;              // of the prompt of `set -x`
}

[[noreturn]] void run(int channel, pid_t worker, const int (&files)[TaskRequest::files], char* setup, char* script) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != worker || (::setpgid(0, 0) != 0 && ::getpgrp() != ::getpid())) ::_exit(127);
  ::close(channel);
  char go = 0;
  if (!read_all(files[TaskRequest::gate], &go, 1)) ::_exit(127);
  ::close(files[TaskRequest::gate]);
  for (int stream = 0; stream < 3; ++stream) {
    if (::dup2(files[stream], stream) < 0) ::_exit(127);
    ::close(files[stream]);
  }
  be_main_shell();
  bind_variable("BASH_EXECUTION_STRING", script, 0);
  static_cast<void>(parse_and_execute(setup, "prun", no_history | keep_text));
  const int status = parse_and_execute(script, "-c", no_history | reset_line | keep_text);
  if (signal_is_trapped(exit_trap) != 0) exit_shell(status);
  // What a regular exit does beyond this is for interactive shells, and would copy a dozen pages of the forked memory.
  std::fflush(stdout);
  std::fflush(stderr);
  ::_exit(status);
}

/// The texts of the request, in memory that is used again and again. Null: the worker is gone, or there is no memory.
char* receive_texts(int channel, const TaskRequest& request) noexcept {
  static char* texts = nullptr;
  static std::size_t room = 0;
  const std::size_t size = std::size_t{request.setup_size} + request.script_size;
  if (size > room) {
    std::free(texts);
    texts = static_cast<char*>(std::malloc(size));
    room = texts != nullptr ? size : 0;
  }
  return texts != nullptr && read_all(channel, texts, size) ? texts : nullptr;
}

int serve(word_list*) {
  const pid_t worker = ::getppid();
  const int channel = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, lowest_own_descriptor);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (channel < 0 || nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0) return 1;
  ::close(nothing);
  const char hello = 1;
  if (!write_all(channel, &hello, 1)) return 1;
  for (;;) {
    TaskRequest request{};
    int files[TaskRequest::files];
    if (!receive(channel, request, files)) return 0;
    char* const texts = receive_texts(channel, request);
    if (texts == nullptr) return 1;
    const pid_t pid = fork_for_worker();
    if (pid == 0) run(channel, worker, files, texts, texts + request.setup_size);
    const prun::command::TaskReply reply{pid > 0 ? pid : -errno};
    for (const int file : files) ::close(file);
    if (!write_all(channel, &reply, sizeof reply)) return 0;
  }
}

constexpr const char* documentation[] = {"Runs the tasks of a worker of prun.", nullptr};

}  // namespace

extern "C" [[gnu::visibility("default")]] builtin prun_tasks_struct;
builtin prun_tasks_struct{"prun_tasks", serve, builtin_enabled, documentation, "prun_tasks", nullptr};
