// Decides which task may print. If results are printed in input order, the first unfinished task may write a large output
// directly to standard output while it runs, instead of sending it to the master.
//
// One word in shared memory:
//
//   0 (nobody)   -- master, when everything before task i is printed -->    offered(i)
//   offered(i)   -- the worker that runs task i, compare-and-swap -->       taken(i)
//   taken(i) <-> taken(i) at the begin of a line   -- that worker, while it writes
//   any          -- master, when everything before task j > i is printed -> offered(j)
//
// The master stores with release, workers load with acquire. Task i takes its turn only while it runs, and the master prints
// nothing between the offer and the outcome of task i. So only one process writes: an attempt has one outcome, after all its
// output, and such a task has no second attempt (the command ensures that).
// A worker that dies after it took the turn has written part of the output. Until the next offer the word says so, and also
// whether the part ended with a newline.
#pragma once

#include "sys/shared_memory.hpp"

#include <atomic>
#include <cstdint>

namespace prun::command {

class OutputTurn {
 public:
  /// Create it before the workers start. @throws std::system_error
  OutputTurn();

  /// Master: everything before task `index` is printed, and nothing else will be before its outcome. May be repeated.
  void offer(std::uint64_t index) noexcept {
    const std::uint64_t now = word().load(std::memory_order_relaxed);
    if ((now & ~(taken_bit | line_bit)) != offered(index)) word().store(offered(index), std::memory_order_release);
  }

  /// Worker: task `index`, which it runs, may write from now on. Returns false if it is not its turn.
  [[nodiscard]] bool take(std::uint64_t index) noexcept {
    std::uint64_t expected = offered(index);
    return word().load(std::memory_order_relaxed) == expected &&
           word().compare_exchange_strong(expected, expected | taken_bit | line_bit, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  /// The worker that has the turn: records whether its output so far ends with a newline.
  void note_line_end(std::uint64_t index, bool at_line_end) noexcept {
    word().store(offered(index) | taken_bit | (at_line_end ? line_bit : 0), std::memory_order_relaxed);
  }

  /// Master: task `index` has written, or is writing, its output itself.
  [[nodiscard]] bool taken_by(std::uint64_t index) const noexcept {
    return (word().load(std::memory_order_relaxed) & ~line_bit) == (offered(index) | taken_bit);
  }
  /// The same, and its output may end in the middle of a line.
  [[nodiscard]] bool left_in_line(std::uint64_t index) const noexcept {
    return word().load(std::memory_order_relaxed) == (offered(index) | taken_bit);
  }

 private:
  static constexpr std::uint64_t taken_bit = 1;
  static constexpr std::uint64_t line_bit = 2;
  static constexpr std::uint64_t offered(std::uint64_t index) noexcept { return (index + 1) << 2; }
  [[nodiscard]] std::atomic<std::uint64_t>& word() const noexcept {
    return *reinterpret_cast<std::atomic<std::uint64_t>*>(memory_.data());
  }

  sys::SharedMemory memory_;
};

}  // namespace prun::command
