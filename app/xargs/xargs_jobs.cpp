// See xargs_jobs.hpp.
#include "xargs/xargs_jobs.hpp"

#include "xargs/xargs_options.hpp"

#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace prun::app {
namespace {

// A handler has no other access to its data.
std::atomic<unsigned> number{1};
std::atomic<int> wake_fd{-1};
static_assert(std::atomic<unsigned>::is_always_lock_free);

void on_signal(int signal) {
  unsigned before = number;
  unsigned after = 0;
  do {
    after = signal == SIGUSR1 ? std::min(before + 1, most_xargs_jobs) : std::max(before, 2U) - 1;
  } while (!number.compare_exchange_weak(before, after));
  sys::signal_event(wake_fd.load());
}

}  // namespace

XargsJobs::XargsJobs(unsigned jobs) : change_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  number = jobs;
  wake_fd = change_.get();
}

XargsJobs::~XargsJobs() {
  finish();
  wake_fd = -1;
}

std::uint32_t XargsJobs::workers() const noexcept { return number; }
std::uint32_t XargsJobs::most_workers() const noexcept { return most_xargs_jobs; }

void XargsJobs::wake() noexcept { sys::signal_event(change_.get()); }

void XargsJobs::note_changes() noexcept {
  std::uint64_t count = 0;
  static_cast<void>(::read(change_.get(), &count, sizeof count));
}

void XargsJobs::start(const RunView& /*view*/) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < handled.size(); ++i) {
    ::sigaction(handled[i], nullptr, &previous_[i]);
    if (previous_[i].sa_handler != SIG_IGN) ::sigaction(handled[i], &action, nullptr);
  }
  started_ = true;
}

void XargsJobs::finish() {
  for (std::size_t i = 0; started_ && i < handled.size(); ++i) ::sigaction(handled[i], &previous_[i], nullptr);
  started_ = false;
}

}  // namespace prun::app
