// Sleeps on a word of shared memory until another process changes it (futex(2), not private).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace prun::sys {

/// Sleeps while `word` is `expected`, at most `timeout`. May return early without a reason, so callers loop.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::optional<std::chrono::nanoseconds> timeout = std::nullopt) noexcept;

/// Wakes up to `count` sleepers on `word`.
void futex_wake(std::atomic<std::uint32_t>& word, int count = 1) noexcept;

/// Tells the processor that this is a waiting loop.
inline void spin_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace prun::sys
