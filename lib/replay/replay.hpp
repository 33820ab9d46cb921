// How long a run would have taken with other chunks, other workers or in another order, from the durations that were measured: a
// run in virtual time, with the rules by which a real one makes chunks. It assumes that a task takes as long
// wherever it runs, that all input is there, and that each worker has a CPU.
#pragma once

#include "replay/costs.hpp"
#include "replay/workload.hpp"

#include <cstdint>
#include <vector>

namespace prun::replay {

struct Plan {
  enum class Chunks : std::uint8_t {
    fixed,          ///< of `chunksize` tasks
    automatic,      ///< --chunksize auto
    longest_first,  ///< one task each, those that take longest first
  };
  Chunks chunks = Chunks::fixed;
  std::uint64_t chunksize = 1;
  std::uint32_t workers = 1;
};

class Replay {
 public:
  /// @param workload must outlive it @param measured_workers those with which the costs were measured
  Replay(const Workload& workload, const Costs& costs, std::uint32_t measured_workers);

  /// Nanoseconds from the start of the first task to the end of the last.
  [[nodiscard]] std::int64_t time_of(const Plan& plan) const;

  /// No order and no chunks take less: the longest task, or what there is to do by as many workers.
  [[nodiscard]] std::int64_t lower_bound(std::uint32_t workers) const noexcept;

 private:
  [[nodiscard]] std::int64_t fixed(std::uint64_t chunksize, std::uint32_t workers) const;
  [[nodiscard]] std::int64_t automatic(std::uint32_t workers) const;
  [[nodiscard]] std::int64_t longest_first(std::uint32_t workers) const;
  [[nodiscard]] std::int64_t cost_of_chunk(std::uint32_t workers) const noexcept;
  [[nodiscard]] std::int64_t time_of_items(std::size_t first, std::size_t end) const noexcept {
    return workload_->duration(first, end) +
           costs_.per_task * static_cast<std::int64_t>((end - first) * workload_->bundle());
  }

  const Workload* workload_;
  Costs costs_;
  std::uint32_t measured_workers_;
  mutable std::vector<std::int64_t> descending_;  ///< durations, made when they are needed first
};

}  // namespace prun::replay
