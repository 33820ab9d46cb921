#include "sys/process.hpp"

#include "sys/error.hpp"
#include "sys/proc_text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <optional>

namespace prun::sys {

namespace {

/// Polls, for systems without pidfd_open(2).
template <class Done>
bool wait_for(Done done, std::chrono::milliseconds limit) noexcept {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace

Fd open_pidfd(pid_t pid) noexcept { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

void die_with_parent(pid_t parent, int signal) noexcept {
  ::prctl(PR_SET_PDEATHSIG, signal);
  if (::getppid() != parent) ::_exit(0);
}

void kill_group(pid_t leader, int signal) noexcept {
  if (::kill(-leader, signal) != 0) ::kill(leader, signal);
}

void reset_signal_actions() noexcept {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction current {};
    if (::sigaction(signal, nullptr, &current) != 0 || current.sa_handler == SIG_IGN || current.sa_handler == SIG_DFL) {
      continue;
    }
    current = {};
    current.sa_handler = SIG_DFL;
    ::sigaction(signal, &current, nullptr);
  }
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGQUIT, SIG_IGN);
  ::signal(SIGTTOU, SIG_IGN);
}

void unblock_signals() noexcept {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool is_alive(pid_t pid) noexcept {
  if (::kill(pid, 0) != 0 && errno == ESRCH) return false;
  const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.compare(name_end, 3, ") Z") != 0;
}

bool wait_until_dead(pid_t pid, std::chrono::milliseconds limit) noexcept {
  if (const Fd process = open_pidfd(pid)) {
    pollfd ended{process.get(), POLLIN, 0};
    return retry_interrupted([&] { return ::poll(&ended, 1, static_cast<int>(limit.count())); }) > 0;
  }
  return wait_for([pid] { return !is_alive(pid); }, limit);
}

bool child_ends_within(pid_t child, std::chrono::milliseconds limit) noexcept {
  if (const Fd process = open_pidfd(child)) {
    pollfd ended{process.get(), POLLIN, 0};
    return retry_interrupted([&] { return ::poll(&ended, 1, static_cast<int>(limit.count())); }) > 0;
  }
  const auto has_ended = [child] {
    siginfo_t end{};
    return ::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid != 0;
  };
  return wait_for(has_ended, limit);
}

void hide_command_line(std::string_view text) noexcept {
  // Fields 48 and 49 of proc(5): start and end of the arguments. The fields after the name are counted from 3.
  const std::string stat = contents("/proc/self/stat");
  std::string_view rest = std::string_view(stat).substr(std::min(stat.rfind(')') + 2, stat.size()));
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  for (int field = 3; field <= 49 && !rest.empty(); ++field) {
    const auto number = number_in(take(rest, ' '));
    if (field == 48) begin = number.value_or(0);
    if (field == 49) end = number.value_or(0);
  }
  if (begin == 0 || end <= begin) return;
  auto* const arguments = reinterpret_cast<char*>(begin);  // NOLINT(performance-no-int-to-ptr): the kernel says where
  std::memset(arguments, 0, end - begin);
  std::memcpy(arguments, text.data(), std::min<std::size_t>(text.size(), end - begin - 1));
}

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return "signal " + std::to_string(signal) + (name != nullptr ? std::string(" (SIG") + name + ")" : "");
}

}  // namespace prun::sys
