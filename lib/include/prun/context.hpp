// What a function may know of the task that it runs in.
#pragma once

#include <cstdint>

namespace prun {

struct TaskContext {
  std::uint64_t index = 0;    ///< the task's place in its map's input, from 0; 0 for a single call
  std::uint32_t attempt = 1;  ///< which try this is, from 1
  std::uint64_t run_seed = 0;
  std::uint32_t slot = 0;  ///< the worker's number in its pool, from 0

  /// A number that depends on (run seed, index) alone, not on the worker, the schedule or the number of workers: what a
  /// function that draws random numbers should begin with. SplitMix64's output function (Steele, Lea, Flood 2014).
  [[nodiscard]] std::uint64_t seed() const noexcept {
    std::uint64_t z = run_seed + (index + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
};

/// The task that the calling thread runs at the moment; null outside of one. Valid until the function returns.
[[nodiscard]] const TaskContext* current_task() noexcept;

}  // namespace prun
