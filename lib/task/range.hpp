// An arithmetic progression of 64-bit integers. `1..39` travels to a worker in this form: three numbers, never a list. It
// does not know tasks, functions or text.
#pragma once

#include <cstdint>

namespace prun {

/// `count` integers: start, start + step, ..., start + (count - 1) * step. Every element fits an int64_t. The code that
/// makes a range checks this once, so `operator[]` needs no check.
struct IntRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::uint64_t count = 0;

  /// The element at position `i`, which must be below `count`.
  [[nodiscard]] constexpr std::int64_t operator[](std::uint64_t i) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
  }

  /// The `n` elements from position `first` on. Both must be within the range.
  [[nodiscard]] constexpr IntRange slice(std::uint64_t first, std::uint64_t n) const noexcept {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + first * static_cast<std::uint64_t>(step)),
            step, n};
  }

  friend constexpr bool operator==(const IntRange&, const IntRange&) = default;
};

}  // namespace prun
