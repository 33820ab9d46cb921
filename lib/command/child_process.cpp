#include "command/child_process.hpp"

#include "sys/caller_state.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/process_tree.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::command {
namespace {

enum class Stage { running, group, control_group, streams, directory, program };

/// The error that the child leaves in the memory that it shares with its parent until it runs the program.
struct Trouble {
  volatile Stage stage = Stage::running;
  volatile int error = 0;
};

struct Launch {
  const char* path;
  char* const* arguments;
  char* const* shell_arguments;  ///< for a script without an interpreter line
  char* const* environment;
  const char* directory;
  std::array<int, 3> streams;
  sigset_t mask;
  pid_t parent;
  bool keeps_stack_limit;
  bool own_group;
  int control_group;
  int terminal;
};

/// The processes of this one that no other code may reap. A process is in the list before orphans are reaped: a start holds
/// `starting` as shared, and who reaps must have it alone.
class OwnChildren {
 public:
  [[nodiscard]] std::shared_lock<std::shared_mutex> hold_for_start() { return std::shared_lock(starting_); }
  [[nodiscard]] std::unique_lock<std::shared_mutex> try_hold_for_reaping() {
    return std::unique_lock(starting_, std::try_to_lock);
  }
  void add(pid_t pid) {
    const std::lock_guard lock(list_);
    pids_.push_back(pid);
  }
  void remove(pid_t pid) {
    const std::lock_guard lock(list_);
    std::erase(pids_, pid);
  }
  [[nodiscard]] bool has(pid_t pid) {
    const std::lock_guard lock(list_);
    return std::ranges::find(pids_, pid) != pids_.end();
  }

 private:
  std::shared_mutex starting_;
  std::mutex list_;
  std::vector<pid_t> pids_;
};

OwnChildren& own_children() {
  static OwnChildren children;
  return children;
}

[[noreturn]] void give_up(Trouble& trouble, Stage stage) noexcept {
  trouble.error = errno;
  trouble.stage = stage;
  ::_exit(127);
}

// Runs in the parent's memory while the parent waits: system calls only. A program never starts without its own streams,
// because what it wrote elsewhere would be lost.
[[noreturn]] void become(const Launch& launch, Trouble& trouble) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(127);
  if (launch.own_group && ::setpgid(0, 0) != 0) give_up(trouble, Stage::group);
  const auto move = [&] { return ::pwrite(launch.control_group, "0", 1, 0); };
  if (launch.control_group >= 0 && sys::retry_interrupted(move) != 1) give_up(trouble, Stage::control_group);
  if (launch.terminal >= 0) ::tcsetpgrp(launch.terminal, ::getpid());  // every signal is blocked, SIGTTOU too
  for (int stream = 0; stream < 3; ++stream) {
    const int from = launch.streams[static_cast<std::size_t>(stream)];
    const auto put_in_place = [&] { return ::dup2(from, stream); };
    if (from != stream && sys::retry_interrupted(put_in_place) < 0) give_up(trouble, Stage::streams);
  }
  sys::restore_caller_state();
  if (!launch.keeps_stack_limit) sys::restore_stack_limit();
  ::sigprocmask(SIG_SETMASK, &launch.mask, nullptr);
  if (launch.directory != nullptr && ::chdir(launch.directory) != 0) give_up(trouble, Stage::directory);
  ::execve(launch.path, launch.arguments, launch.environment);
  if (errno == ENOEXEC) ::execve("/bin/sh", launch.shell_arguments, launch.environment);
  give_up(trouble, Stage::program);
}

std::string subject_of(Stage stage, const Program& program) {
  switch (stage) {
    case Stage::running: break;
    case Stage::group: return "its process group";
    case Stage::control_group: return "its control group";
    case Stage::streams: return "its standard streams";
    case Stage::directory: return *program.directory;
    case Stage::program: break;
  }
  return program.arguments.front();
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings, std::size_t room = 1) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + room);
  for (const std::string& string : strings) pointers.push_back(const_cast<char*>(string.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

#if defined(__clang__) || defined(__GNUC__)
__attribute__((noinline))
#endif
pid_t launch_with_vfork(const Launch& launch, Trouble& trouble) {
  // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): `become` only makes system calls
  const pid_t pid = ::vfork();
  if (pid == 0) become(launch, trouble);
  // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
  return pid;
}

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string search(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;  // execve will report what is wrong with it
  const char* variable = std::getenv("PATH");            // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  std::string_view path = variable != nullptr ? variable : "/bin:/usr/bin";
  int error = ENOENT;
  while (!name.empty()) {
    const std::string_view directory = path.substr(0, path.find(':'));
    std::string candidate = directory.empty() ? "./" + name : std::string(directory) + '/' + name;
    if (is_program(candidate)) return candidate;
    if (::access(candidate.c_str(), F_OK) == 0) error = EACCES;
    if (directory.size() == path.size()) break;
    path.remove_prefix(directory.size() + 1);
  }
  throw std::system_error(error, std::generic_category(), name.empty() ? "a command without a name" : name);
}

}  // namespace

const std::string& find_program(const std::string& name) {
  thread_local std::unordered_map<std::string, std::string> found;
  const auto known = found.find(name);
  if (known != found.end()) return known->second;
  if (found.size() >= 1024) found.clear();
  return found.emplace(name, search(name)).first->second;
}

bool is_on_path(const std::string& name) {
  try {
    static_cast<void>(find_program(name));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

ChildProcess::ChildProcess(const Program& program) {
  const std::vector<char*> arguments = pointers_to(program.arguments);
  std::vector<char*> shell_arguments = arguments;
  std::string shell = "/bin/sh";
  shell_arguments.insert(shell_arguments.begin(), shell.data());
  if (shell_arguments.size() > 2) shell_arguments[1] = const_cast<char*>(program.path.c_str());
  std::vector<char*> environment;
  if (program.environment != nullptr) environment = pointers_to(*program.environment);
  Launch launch{program.path.c_str(),
                arguments.data(),
                shell_arguments.data(),
                program.environment != nullptr ? environment.data() : environ,
                program.directory != nullptr ? program.directory->c_str() : nullptr,
                {program.in, program.out, program.err},
                {},
                ::getpid(),
                program.keeps_stack_limit,
                program.own_group,
                program.control_group,
                program.terminal};
  Trouble trouble;
  sigset_t all;
  sigfillset(&all);
  const auto starting = own_children().hold_for_start();
  ::pthread_sigmask(SIG_SETMASK, &all, &launch.mask);
  pid_ = launch_with_vfork(launch, trouble);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &launch.mask, nullptr);
  if (pid_ < 0) throw std::system_error(fork_error, std::generic_category(), "cannot start a process");
  if (const int error = trouble.error; error != 0) {
    sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
    throw std::system_error(error, std::generic_category(), subject_of(trouble.stage, program));
  }
  own_children().add(pid_);
}

ChildProcess::ChildProcess(pid_t child) : pid_(child) { own_children().add(pid_); }

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
  own_children().remove(pid_);
}

int ChildProcess::fd() noexcept {
  if (!pidfd_) pidfd_ = sys::open_pidfd(pid_);
  return pidfd_.get();
}

ChildProcess::News ChildProcess::news() noexcept {
  News news;
  siginfo_t info{};
  const auto look = [this, &info](int options) {
    info = {};
    return sys::retry_interrupted([&] { return ::waitid(P_PID, static_cast<id_t>(pid_), &info, options | WNOHANG); });
  };
  // Leaves an end for wait(). Reports other news once.
  for (;;) {
    const int looked = look(WEXITED | WSTOPPED | WCONTINUED | WNOWAIT);
    if (looked == 0 && info.si_pid == 0) break;
    // If waitid fails, other code has waited for the child: it has ended, and wait() reports that its status is unknown.
    news.ended =
        looked != 0 || (info.si_code != CLD_STOPPED && info.si_code != CLD_CONTINUED && info.si_code != CLD_TRAPPED);
    if (news.ended) break;
    if (info.si_code == CLD_CONTINUED) {
      news.continued = true;
    } else {
      news.stopped_by = info.si_status;
    }
    look(WSTOPPED | WCONTINUED);
  }
  return news;
}

bool ChildProcess::ends_within(std::chrono::milliseconds limit) const noexcept {
  return sys::child_ends_within(pid_, limit);
}

ChildProcess::End ChildProcess::wait() {
  End end;
  const pid_t pid = std::exchange(pid_, -1);
  const pid_t ended = sys::retry_interrupted([&] { return ::wait4(pid, &end.status, 0, &end.usage); });
  const int error = errno;
  own_children().remove(pid);
  if (ended == pid) return end;
  throw std::system_error(error, std::generic_category(),
                          "the end of process " + std::to_string(pid) + " is not known");
}

void reap_adopted() noexcept {
  for (const pid_t pid : sys::children_of(::getpid())) {
    if (!own_children().has(pid)) ::waitpid(pid, nullptr, WNOHANG);
  }
}

void reap_ended_orphans() noexcept {
  const auto alone = own_children().try_hold_for_reaping();
  if (!alone) return;
  siginfo_t info{};
  const auto look = [&info] {
    info = {};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
  };
  while (look() && !own_children().has(info.si_pid)) {
    if (::waitpid(info.si_pid, nullptr, WNOHANG) != info.si_pid) return;
  }
}

}  // namespace prun::command
