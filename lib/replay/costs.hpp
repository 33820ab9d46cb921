// What a run loses between tasks, measured: from the end of a task to the start of the next on the same worker.
#pragma once

#include "history/history.hpp"

#include <cstdint>

namespace prun::replay {

/// Nanoseconds of a worker's time.
struct Costs {
  std::int64_t per_task = 0;   ///< within a chunk
  std::int64_t per_chunk = 0;  ///< to hand out a chunk
};

/// Means, so that a replay of the run as it was takes as long as the run. While something held the run back, nothing is measured.
/// Of a journal, which does not tell what held its run back, medians. Where there was no chunk of several tasks, or nothing but
/// one chunk a worker, what is missing is assumed as it is of functions within a process.
[[nodiscard]] Costs measure_costs(const history::History& history);

}  // namespace prun::replay
