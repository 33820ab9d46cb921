// How many workers a run may use, if that can change while it runs.
#pragma once

#include <cstdint>

namespace prun {

class WorkerCount {
 public:
  WorkerCount() = default;
  WorkerCount(const WorkerCount&) = delete;
  WorkerCount& operator=(const WorkerCount&) = delete;
  virtual ~WorkerCount() = default;

  /// At least 1. The run asks before it hands out tasks.
  [[nodiscard]] virtual std::uint32_t workers() const noexcept = 0;
  /// The greatest number that `workers` can return during the run.
  [[nodiscard]] virtual std::uint32_t most_workers() const noexcept = 0;
};

}  // namespace prun
