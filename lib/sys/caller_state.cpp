#include "sys/caller_state.hpp"

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace prun::sys {
namespace {

// Signals that prun or its workers change or ignore.
constexpr std::array own_signals{SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTTOU, SIGXFSZ};

// Properties of the process, like its environment: set once, before there are threads, and read between vfork and exec.
std::array<bool, own_signals.size()> ignored{};
rlimit file_limit{};
bool file_limit_raised = false;
rlimit stack_limit{};
bool stack_limit_known = false;

}  // namespace

void change_caller_state() noexcept {
  for (std::size_t i = 0; i < own_signals.size(); ++i) {
    struct sigaction current {};
    ignored[i] = ::sigaction(own_signals[i], nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) (void)std::signal(signal, SIG_IGN);
  stack_limit_known = ::getrlimit(RLIMIT_STACK, &stack_limit) == 0;
  if (file_limit_raised || ::getrlimit(RLIMIT_NOFILE, &file_limit) != 0) return;
  const rlimit raised{file_limit.rlim_max, file_limit.rlim_max};
  file_limit_raised = ::setrlimit(RLIMIT_NOFILE, &raised) == 0;
}

// Neither call can fail: the caller's limit is below the process's own, and the signals exist.
void restore_file_limit() noexcept {
  if (file_limit_raised) ::setrlimit(RLIMIT_NOFILE, &file_limit);
}

// This cannot fail either: the hard limit does not change.
void restore_stack_limit() noexcept {
  if (stack_limit_known) ::setrlimit(RLIMIT_STACK, &stack_limit);
}

void keep_stack_limit() noexcept { stack_limit_known = false; }

void restore_caller_state() noexcept {
  for (std::size_t i = 0; i < own_signals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = ignored[i] ? SIG_IGN : SIG_DFL;
    ::sigaction(own_signals[i], &action, nullptr);
  }
  restore_file_limit();
}

}  // namespace prun::sys
