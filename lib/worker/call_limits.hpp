// The limits of a worker process and of each of its calls.
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

/// Plain data. Absent values are those of the master. Children of a worker inherit them.
struct ProcessLimits {
  std::uint64_t memory = 0;  ///< bytes; 0: no limit
  /// Worker i is in group i, its commands in group i + `command_groups`. Each group has the limit. Null: the limit is one of
  /// private memory (RLIMIT_DATA).
  sys::CgroupChildren* groups = nullptr;
  std::uint32_t command_groups = 0;
  std::uint64_t stack = 0;                ///< bytes (RLIMIT_STACK); 0: chosen by prun
  std::chrono::microseconds cpu_time{0};  ///< for a call; 0: no limit
  std::optional<int> nice;                ///< added to the master's
  std::vector<int> cpus;                  ///< worker i runs on the i-th of these, modulo their number; empty: any CPU

  /// Returns true if apply() has something to do.
  [[nodiscard]] bool any() const noexcept { return memory != 0 || nice || !cpus.empty(); }
  /// In a new worker process, except stack and CPU time, which need more. @throws std::system_error if the system refuses
  void apply(std::uint32_t worker) const;
  /// Kills the remaining processes in a dead worker's groups.
  void end_rest(std::uint32_t worker) const noexcept;
  /// Returns true if the kernel has killed a process in a worker's groups for lack of memory since the last call.
  [[nodiscard]] bool memory_ran_out(std::uint32_t worker) const;
};

/// If a call exceeds its CPU time, leaves a note in the worker's block and kills the process.
class CallLimits {
 public:
  /// In the process, before the first call. @param limit not 0
  static void prepare(ring::WorkerBlock& block, std::chrono::microseconds limit);

  void begin_call() noexcept;
  void end_call() noexcept;
};

}  // namespace prun::worker
