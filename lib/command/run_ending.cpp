#include "command/run_ending.hpp"

#include "sys/error.hpp"
#include "sys/event_fd.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <new>

namespace prun::command {

RunEnding::RunEnding()
    : memory_(sys::page_size(), sys::page_size()),
      event_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      hurry_event_(sys::checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
  new (memory_.data()) std::atomic<std::uint32_t>(0);
}

void RunEnding::begin(Reason reason) noexcept {
  std::uint32_t none = 0;
  if (!word().compare_exchange_strong(none, static_cast<std::uint32_t>(reason), std::memory_order_release)) return;
  sys::signal_event(event_.get());
}

void RunEnding::hurry() noexcept { sys::signal_event(hurry_event_.get()); }

}  // namespace prun::command
