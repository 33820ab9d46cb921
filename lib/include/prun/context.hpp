// What a function can learn about the task that it runs.
#pragma once

#include <cstdint>

namespace prun {

struct TaskContext {
  std::uint64_t index = 0;    ///< position of the task in the input of its map, from 0; 0 for a single call
  std::uint32_t attempt = 1;  ///< number of the attempt, from 1
  std::uint64_t run_seed = 0;
  std::uint32_t slot = 0;  ///< number of the worker in its pool, from 0
  /// Number of the call (map, imap, submit, apply) that the task belongs to, from 0, in the order of the calls.
  std::uint64_t call = 0;

  /// A seed for random numbers. It depends only on run seed, call and index, not on the worker, the schedule or the number
  /// of workers. A program that makes the same calls in the same order gets the same seeds. Output function of SplitMix64
  /// (Steele, Lea, Flood 2014).
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

/// The task that the calling thread runs; null outside of a task. Valid until the function returns.
[[nodiscard]] const TaskContext* current_task() noexcept;

}  // namespace prun
