// What a worker process, and each of its calls, may use.
#pragma once

#include "ring/region.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace prun::sys {
class CgroupChildren;
}

namespace prun::worker {

/// Plain data; what is absent is as the master has it. Inherited by what a worker starts.
struct ProcessLimits {
  std::uint64_t memory = 0;  ///< bytes; 0: no limit
  /// Worker i is in the i-th, its commands in that which follows by `command_groups`; each has that limit. Null: the limit is
  /// one of private memory (RLIMIT_DATA).
  sys::CgroupChildren* groups = nullptr;
  std::uint32_t command_groups = 0;
  std::uint64_t stack = 0;                ///< bytes (RLIMIT_STACK); 0: prun's own choice
  std::chrono::microseconds cpu_time{0};  ///< of a call; 0: no limit
  std::optional<int> nice;                ///< added to the master's
  std::vector<int> cpus;                  ///< worker i runs on the i-th of these, round and round; empty: anywhere

  /// There is something to apply.
  [[nodiscard]] bool any() const noexcept { return memory != 0 || nice || !cpus.empty(); }
  /// In a new worker process; but the stack and the CPU time, which need more. @throws std::system_error where the system refuses
  void apply(std::uint32_t worker) const;
  /// What is left in a dead worker's groups ends.
  void end_rest(std::uint32_t worker) const noexcept;
  /// The system has killed in a worker's groups for want of memory since the last call.
  [[nodiscard]] bool memory_ran_out(std::uint32_t worker) const;
};

/// Ends the process, with a note in its block, when a call has used more CPU time than it may.
class CallLimits {
 public:
  /// Before the first call, in the process. @param limit not 0
  static void prepare(ring::WorkerBlock& block, std::chrono::microseconds limit);

  void begin_call() noexcept;
  void end_call() noexcept;
};

}  // namespace prun::worker
