#include "sys/interrupts.hpp"

#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>

namespace prun::sys {
namespace {

// A handler has no other access to its data.
std::atomic<int> first_signal{0};
std::atomic<int> wake_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free);

std::atomic<void (*)(void*)> last_act{nullptr};
std::atomic<void*> last_argument{nullptr};

std::atomic<bool> another_expected{false};
std::atomic<bool> another_came{false};

std::atomic<bool> stop_requested{false};
std::atomic<bool> report_requested{false};
std::atomic<bool> user_signal_is_end{false};

// timeout(1) and shells send one signal twice, to the process and to its group. That is not a second request.
constexpr std::int64_t same_signal_ns = 100'000'000;
std::atomic<std::int64_t> first_at{0};

std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void on_end_request(int signal) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) {
    first_at = monotonic_ns();
    return;
  }
  if (monotonic_ns() - first_at < same_signal_ns) return;
  if (another_expected.exchange(false)) {
    another_came = true;
    return;
  }
  if (const auto act = last_act.load()) act(last_argument.load());
  ::_exit(128 + signal);
}

void on_interrupt(int signal) {
  if (signal == SIGTSTP) {
    stop_requested = true;
  } else if (signal == SIGQUIT || (signal == SIGUSR1 && !user_signal_is_end)) {
    report_requested = true;
  } else {
    on_end_request(signal);
  }
  signal_event(wake_fd.load());
}

void do_nothing(int /*signal*/) {}

}  // namespace

// SIG_IGN would be inherited through exec.
void tolerate_early_requests() noexcept {
  struct sigaction action {};
  action.sa_handler = do_nothing;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGUSR1, SIGUSR2}) {
    struct sigaction current {};
    if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
      ::sigaction(signal, &action, nullptr);
  }
}

Interrupts::Interrupts(bool user_signal_ends) : event_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  first_signal = 0;
  another_expected = another_came = false;
  user_signal_is_end = user_signal_ends;
  wake_fd = event_.get();
  struct sigaction action {};
  action.sa_handler = on_interrupt;  // without SA_RESTART, so that a write that waits for its reader returns
  for (std::size_t i = 0; i < handled.size(); ++i) {
    ::sigaction(handled[i], nullptr, &previous_[i]);
    if (previous_[i].sa_handler != SIG_IGN) ::sigaction(handled[i], &action, nullptr);
  }
}

Interrupts::~Interrupts() {
  for (std::size_t i = 0; i < handled.size(); ++i) ::sigaction(handled[i], &previous_[i], nullptr);
  wake_fd = -1;
  last_act = nullptr;
}

void Interrupts::before_abrupt_end(void (*act)(void*), void* argument) noexcept {
  last_argument = argument;
  last_act = act;
}

void Interrupts::expect_another() noexcept {
  std::uint64_t events = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &events, sizeof events);
  another_came = false;
  another_expected = true;
}

bool Interrupts::another() noexcept { return another_came; }

int Interrupts::signal() noexcept { return first_signal; }

Interrupts::Requests Interrupts::take_requests() noexcept {
  if (!stop_requested && !report_requested) return {};
  std::uint64_t events = 0;
  if (first_signal == 0) [[maybe_unused]]
    const auto got = ::read(event_.get(), &events, sizeof events);
  return {stop_requested.exchange(false), report_requested.exchange(false)};
}

}  // namespace prun::sys
