// Whose turn it is to be printed. Where results are printed in the order of the input, the task that all others wait for may
// write a large output to standard output itself, as it comes, instead of keeping it for the master to print.
//
// One word in shared memory:
//
//   0 (nobody)   -- the master, when all before task i is written out -->   offered(i)
//   offered(i)   -- the worker that runs task i, by compare-and-swap -->    taken(i)
//   taken(i) <-> taken(i) at the begin of a line   -- that worker, as it writes
//   any          -- the master, when all before task j > i is written -->   offered(j)
//
// The master stores with release what the worker acquires; the bytes themselves go through the kernel. Task i takes its turn
// only while it runs, and the master writes nothing between the offer and the outcome of task i, so that no two write at once:
// an attempt has one outcome, behind all that it wrote, and none of these tasks has a second attempt (the command sees to that).
// A worker that dies after it took the turn has written part of the output; the word says so until the next offer, and whether
// what it had written ended with a newline.
#pragma once

#include "sys/shared_memory.hpp"

#include <atomic>
#include <cstdint>

namespace prun::command {

class OutputTurn {
 public:
  /// Before the workers are started. @throws std::system_error
  OutputTurn();

  /// The master: all before task `index` is written, and nothing will be until its outcome is there. Unless it is offered.
  void offer(std::uint64_t index) noexcept {
    const std::uint64_t now = word().load(std::memory_order_relaxed);
    if ((now & ~(taken_bit | line_bit)) != offered(index)) word().store(offered(index), std::memory_order_release);
  }

  /// A worker: task `index`, which it runs, writes from now on, if it is its turn.
  [[nodiscard]] bool take(std::uint64_t index) noexcept {
    std::uint64_t expected = offered(index);
    return word().load(std::memory_order_relaxed) == expected &&
           word().compare_exchange_strong(expected, expected | taken_bit | line_bit, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  /// The worker that has taken it: what it has written ends with a newline, or does not, or may not.
  void note_line_end(std::uint64_t index, bool at_line_end) noexcept {
    word().store(offered(index) | taken_bit | (at_line_end ? line_bit : 0), std::memory_order_relaxed);
  }

  /// The master: task `index` has written, or writes, its output itself.
  [[nodiscard]] bool taken_by(std::uint64_t index) const noexcept {
    return (word().load(std::memory_order_relaxed) & ~line_bit) == (offered(index) | taken_bit);
  }
  /// The same, and what it has written may end in the middle of a line.
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
