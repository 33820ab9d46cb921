// Runs a command as a test sees it; see process.hpp.
#include "process.hpp"

#include "process_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace prun::test {
namespace {

[[noreturn]] void fail(const char* what, int error) { throw std::system_error(error, std::generic_category(), what); }

void close_fd(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2", errno);
    read_end = ends[0];
    write_end = ends[1];
  }
};

void set_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const auto same_name = [&](const auto& a) { return variable.starts_with(a.first + "="); };
    if (std::none_of(added.begin(), added.end(), same_name)) all.emplace_back(variable);
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string as_typed(const std::vector<std::string>& arguments) {
  std::string typed;
  for (const std::string& argument : arguments) {
    const bool plain = !argument.empty() && argument.find_first_of(" '\"()[]{}$&|;*?<>\\\n\t") == std::string::npos;
    typed += (typed.empty() ? "" : " ") + (plain ? argument : "'" + argument + "'");
  }
  return typed;
}

/// A long text's beginning and end.
std::string excerpt(const std::string& text) {
  constexpr std::size_t most = 4000;
  if (text.size() <= most) return text;
  return text.substr(0, most / 2) + "\n[... " + std::to_string(text.size() - most) + " bytes ...]\n" +
         text.substr(text.size() - most / 2);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Result& result) {
  out << "$ " << result.command << "\nstatus " << result.status;
  if (result.signal != 0) out << " (signal " << result.signal << ")";
  if (result.timed_out) out << " TIMED OUT";
  out << " after " << result.wall.count() << " s\n";
  out << "--- standard output, " << result.out.size() << " bytes\n" << excerpt(result.out);
  out << "--- standard error, " << result.err.size() << " bytes\n" << excerpt(result.err);
  if (!result.dump.empty()) out << "--- processes\n" << result.dump;
  return out << "---";
}

Process::Process(Command command)
    : command_(std::move(command)), keep_input_open_(command_.keep_input_open), started_(Clock::now()) {
  (void)::signal(SIGPIPE, SIG_IGN);  // writing to a command that has ended is an error like others
  result_.command = as_typed(command_.arguments);
  to_send_ = command_.input;
  spawn();
}

Process::~Process() {
  if (!ended_) give_up();
  for (int* fd : {&in_, &out_, &err_, &pidfd_}) close_fd(*fd);
}

void Process::spawn() {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end, STDERR_FILENO);
  if (command_.output_file) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, command_.output_file->c_str(), O_WRONLY, 0);
  } else {
    posix_spawn_file_actions_adddup2(&actions, out.write_end, STDOUT_FILENO);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigfillset(&defaults);
  sigset_t nothing;
  sigemptyset(&nothing);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &nothing);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  auto environment = environment_with(command_.environment);
  const int error = ::posix_spawnp(&pid_, command_.arguments.at(0).c_str(), &actions, &attributes,
                                   pointers_to(command_.arguments).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  for (int fd : {in.read_end, out.write_end, err.write_end}) close_fd(fd);
  in_ = in.write_end;
  out_ = out.read_end;
  err_ = err.read_end;
  if (error != 0) {
    ended_ = true;
    fail(command_.arguments[0].c_str(), error);
  }
  for (const int fd : {in_, out_, err_}) set_nonblocking(fd);
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) fail("pidfd_open", errno);
}

void Process::close_output() { close_fd(out_); }

void Process::signal(int number) const {
  if (::kill(pid_, number) != 0) fail("kill", errno);
}

void Process::serve_input() {
  const ssize_t n = ::write(in_, to_send_.data() + sent_, to_send_.size() - sent_);
  if (n < 0 && errno != EAGAIN && errno != EINTR) return close_fd(in_);  // nobody reads it any more
  sent_ += n > 0 ? static_cast<std::size_t>(n) : 0;
  if (sent_ == to_send_.size() && command_.endless_input) sent_ = 0;
}

void Process::read_from(int& fd, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t n = ::read(fd, block.data(), block.size());
  if (n > 0) text.append(block.data(), static_cast<std::size_t>(n));
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) close_fd(fd);
}

void Process::collect() {
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) fail("waitpid", errno);
  ended_ = true;
  result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + result_.signal;
  result_.wall = Clock::now() - started_;
}

void Process::serve_once(int timeout_ms) {
  const bool has_input = sent_ < to_send_.size();
  if (in_ >= 0 && !has_input && !keep_input_open_) close_fd(in_);
  std::array<pollfd, 4> fds{pollfd{has_input ? in_ : -1, POLLOUT, 0}, pollfd{reading_ ? out_ : -1, POLLIN, 0},
                            pollfd{err_, POLLIN, 0}, pollfd{ended_ ? -1 : pidfd_, POLLIN, 0}};
  if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return;
  if (fds[0].revents != 0) serve_input();
  if (fds[1].revents != 0) read_from(out_, result_.out);
  if (fds[2].revents != 0) read_from(err_, result_.err);
  if (fds[3].revents != 0) collect();
}

bool Process::finished() const noexcept { return ended_ && err_ < 0 && (out_ < 0 || !reading_); }

void Process::give_up() {
  result_.dump = describe_tree(pid_);
  auto everyone = descendants_of(pid_);
  ::kill(pid_, SIGKILL);
  for (const pid_t pid : everyone) ::kill(pid, SIGKILL);
  if (!ended_) collect();
}

bool Process::wait_until(const std::function<bool()>& done) {
  const auto deadline = started_ + command_.timeout;
  while (!done()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || finished()) return false;
    // Not everything that a test waits for shows in these descriptors: look again now and then.
    serve_once(static_cast<int>(std::min<long>(left, 20)));
  }
  return true;
}

bool Process::wait_for_lines(std::size_t count) {
  return wait_until(
      [&] { return static_cast<std::size_t>(std::count(result_.out.begin(), result_.out.end(), '\n')) >= count; });
}

Result Process::wait() {
  if (!wait_until([&] { return finished(); })) {
    result_.timed_out = true;
    give_up();
  }
  return result_;
}

Result run_command(Command command) { return Process(std::move(command)).wait(); }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace prun::test
