// Wakes a waiting thread or process through an eventfd.
#pragma once

#include "sys/error.hpp"

#include <unistd.h>

#include <cstdint>

namespace prun::sys {

/// Makes `fd` readable. May be called in a signal handler, and preserves errno. It repeats a call that a signal interrupts.
/// Any other failure means that the counter is full, so `fd` is readable already.
inline void signal_event(int fd) noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  retry_interrupted([&] { return ::write(fd, &one, sizeof one); });
  errno = saved;
}

}  // namespace prun::sys
