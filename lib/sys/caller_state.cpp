#include "sys/caller_state.hpp"

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace prun::sys {
namespace {

// Changed or ignored by prun or its workers.
constexpr std::array own_signals{SIGINT, SIGQUIT, SIGPIPE, SIGTTOU, SIGXFSZ};

// Facts of the process, as its environment is: set once, before there are threads, and read between vfork and exec.
std::array<bool, own_signals.size()> ignored{};
rlimit file_limit{};
bool file_limit_raised = false;

}  // namespace

void change_caller_state() noexcept {
  for (std::size_t i = 0; i < own_signals.size(); ++i) {
    struct sigaction current {};
    ignored[i] = ::sigaction(own_signals[i], nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) (void)std::signal(signal, SIG_IGN);
  if (file_limit_raised || ::getrlimit(RLIMIT_NOFILE, &file_limit) != 0) return;
  const rlimit raised{file_limit.rlim_max, file_limit.rlim_max};
  file_limit_raised = ::setrlimit(RLIMIT_NOFILE, &raised) == 0;
}

// Neither can fail: the caller's limit is below the process's own, and the signals exist.
void restore_file_limit() noexcept {
  if (file_limit_raised) ::setrlimit(RLIMIT_NOFILE, &file_limit);
}

void restore_caller_state() noexcept {
  for (std::size_t i = 0; i < own_signals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = ignored[i] ? SIG_IGN : SIG_DFL;
    ::sigaction(own_signals[i], &action, nullptr);
  }
  restore_file_limit();
}

}  // namespace prun::sys
