#include "command/child_process.hpp"

#include "sys/caller_state.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::command {
namespace {

enum class Stage { running, directory, program };

/// What the child leaves in the memory that it shares with its parent until it runs the program.
struct Trouble {
  volatile Stage stage = Stage::running;
  volatile int error = 0;
};

struct Launch {
  const char* path;
  char* const* arguments;
  char* const* shell_arguments;  ///< for a script that names no interpreter
  char* const* environment;
  const char* directory;
  std::array<int, 3> streams;
  sigset_t mask;
  pid_t parent;
  bool keeps_stack_limit;
};

// Runs in the parent's memory while the parent waits: nothing but system calls.
[[noreturn]] void become(const Launch& launch, Trouble& trouble) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(127);
  for (int stream = 0; stream < 3; ++stream) {
    const int from = launch.streams[static_cast<std::size_t>(stream)];
    if (from != stream) ::dup2(from, stream);
  }
  sys::restore_caller_state();
  if (!launch.keeps_stack_limit) sys::restore_stack_limit();
  ::sigprocmask(SIG_SETMASK, &launch.mask, nullptr);
  trouble.stage = Stage::directory;
  if (launch.directory == nullptr || ::chdir(launch.directory) == 0) {
    trouble.stage = Stage::program;
    ::execve(launch.path, launch.arguments, launch.environment);
    if (errno == ENOEXEC) ::execve("/bin/sh", launch.shell_arguments, launch.environment);
  }
  trouble.error = errno;
  ::_exit(127);
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
  if (name.find('/') != std::string::npos) return name;  // execve will say what is wrong with it
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
                program.keeps_stack_limit};
  Trouble trouble;
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &launch.mask);
  pid_ = launch_with_vfork(launch, trouble);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &launch.mask, nullptr);
  if (pid_ < 0) throw std::system_error(fork_error, std::generic_category(), "no process can be started");
  if (const int error = trouble.error; error != 0) {
    sys::retry_interrupted([this] { return ::waitpid(pid_, nullptr, 0); });
    throw std::system_error(error, std::generic_category(),
                            trouble.stage == Stage::directory ? *program.directory : program.arguments.front());
  }
  pidfd_ = sys::open_pidfd(pid_);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

ChildProcess::End ChildProcess::wait() {
  End end;
  sys::retry_interrupted([&] { return ::wait4(pid_, &end.status, 0, &end.usage); });
  pid_ = -1;
  return end;
}

}  // namespace prun::command
