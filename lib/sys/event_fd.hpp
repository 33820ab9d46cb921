// Tells a waiter by an eventfd. Knows not who waits, nor why.
#pragma once

#include "sys/error.hpp"

#include <unistd.h>

#include <cstdint>

namespace prun::sys {

/// Makes `fd` readable. Serves in a signal handler, where it leaves errno as it was. A call that a signal interrupts is made
/// again, or the waiter would sleep on; any other failure means that the counter is full, so `fd` is readable already.
inline void signal_event(int fd) noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  retry_interrupted([&] { return ::write(fd, &one, sizeof one); });
  errno = saved;
}

}  // namespace prun::sys
