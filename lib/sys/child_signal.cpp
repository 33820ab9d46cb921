#include "sys/child_signal.hpp"

#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>

namespace prun::sys {
namespace {

constexpr int most_waiting = 4096;  // as many as a pool of threads can have

// A handler has no other access to its data. A place contains a descriptor plus 1; 0: free.
std::array<std::atomic<int>, most_waiting> waiting{};
std::atomic<int> places_used{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_child(int) {
  for (int i = 0; i < places_used.load(); ++i) {
    if (const int fd = waiting[static_cast<std::size_t>(i)].load() - 1; fd >= 0) signal_event(fd);
  }
}

/// Also if the caller of prun had blocked or ignored it.
void listen_to_children() {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  ::pthread_sigmask(SIG_UNBLOCK, &child, nullptr);
  struct sigaction action {};
  action.sa_handler = on_child;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGCHLD, &action, nullptr);
}

int take_place(int fd) {
  for (int i = 0; i < most_waiting; ++i) {
    int free = 0;
    if (!waiting[static_cast<std::size_t>(i)].compare_exchange_strong(free, fd + 1)) continue;
    int used = places_used.load();
    while (used <= i && !places_used.compare_exchange_weak(used, i + 1)) {
    }
    return i;
  }
  errno = EAGAIN;
  throw_errno("too many threads wait for children");
}

}  // namespace

const ChildSignal& ChildSignal::of_this_thread() {
  thread_local std::optional<ChildSignal> own;
  thread_local pid_t owner = 0;
  if (owner != ::getpid()) {
    own.emplace();
    owner = ::getpid();
  }
  return *own;
}

ChildSignal::ChildSignal()
    : event_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")), place_(take_place(event_.get())) {
  listen_to_children();
}

ChildSignal::~ChildSignal() { waiting[static_cast<std::size_t>(place_)].store(0); }

void ChildSignal::clear() const noexcept {
  std::uint64_t events = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &events, sizeof events);
}

}  // namespace prun::sys
