// What a function may know of the task that it runs in.
#pragma once

#include <cstdint>

namespace prun {

struct TaskContext {
  std::uint64_t index = 0;    ///< the task's place in its map's input, from 0; 0 for a single call
  std::uint32_t attempt = 1;  ///< which try this is, from 1
  std::uint64_t run_seed = 0;
  std::uint32_t slot = 0;  ///< the worker's number in its pool, from 0
  std::uint64_t call =
      0;  ///< which call of its pool (map, imap, submit, apply) the task belongs to, from 0, in the order made

  /// A number that depends on (run seed, call, index) alone, not on the worker, the schedule or the number of workers: what a
  /// function that draws random numbers should begin with. A program that makes the same calls in the same order gets the same
  /// seeds. SplitMix64's output function (Steele, Lea, Flood 2014).
  [[nodiscard]] std::uint64_t seed() const noexcept {
    const std::uint64_t start = call == 0 ? run_seed : mixed(run_seed + call * 0xd1b54a32d192ed03u);
    return mixed(start + (index + 1) * 0x9e3779b97f4a7c15u);
  }

 private:
  [[nodiscard]] static std::uint64_t mixed(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
};

/// The task that the calling thread runs at the moment; null outside of one. Valid until the function returns.
[[nodiscard]] const TaskContext* current_task() noexcept;

}  // namespace prun
