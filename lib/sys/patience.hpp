// Repeats calls that the system refuses during a short lack of memory.
#pragma once

#include "sys/error.hpp"

#include <poll.h>

#include <cerrno>

namespace prun::sys {

/// Repeats `call` if a signal interrupts it, and for up to half a second if the system has no memory for it.
template <class Call>
auto retry_short_of_memory(Call call) {
  constexpr int tries = 100;
  constexpr int pause_ms = 5;
  auto result = retry_interrupted(call);
  for (int i = 1; i < tries && result == -1 && (errno == ENOBUFS || errno == ENOMEM); ++i) {
    ::poll(nullptr, 0, pause_ms);
    result = retry_interrupted(call);
  }
  return result;
}

}  // namespace prun::sys
