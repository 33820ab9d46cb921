// An arithmetic progression of 64-bit integers, the form in which `1..39` travels to a worker: three numbers, never a
// list. Knows nothing of tasks, functions or text.
#pragma once

#include <cstdint>

namespace prun {

/// `count` integers: start, start + step, ..., start + (count - 1) * step. Every element fits an int64_t; whoever makes
/// a range checks that once, so that `operator[]` needs no check.
struct IntRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::uint64_t count = 0;

  /// The element at position `i`, which must be below `count`.
  [[nodiscard]] constexpr std::int64_t operator[](std::uint64_t i) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
  }

  /// The part of `n` elements that begins at position `first`; both within the range.
  [[nodiscard]] constexpr IntRange slice(std::uint64_t first, std::uint64_t n) const noexcept {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + first * static_cast<std::uint64_t>(step)),
            step, n};
  }

  friend constexpr bool operator==(const IntRange&, const IntRange&) = default;
};

}  // namespace prun
