// A run with --chunksize auto, in virtual time: chunks are cut by the rule of a real run (prun/detail/adaptive_chunks.hpp), and
// a worker that has nothing to do takes over half of what another has not begun.
#pragma once

#include "replay/workload.hpp"

#include <prun/detail/adaptive_chunks.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace prun::replay {

/// Nanoseconds of a worker's time.
struct AdaptiveCosts {
  std::int64_t per_item = 0;   ///< of the workload, besides its duration
  std::int64_t per_chunk = 0;  ///< to hand out a chunk, with so many workers
};

class AdaptiveReplay {
 public:
  /// @param workload must outlive it
  AdaptiveReplay(const Workload& workload, const AdaptiveCosts& costs, std::uint32_t workers);

  /// Nanoseconds from the start of the first task to the end of the last. Call it once.
  [[nodiscard]] std::int64_t operator()();

 private:
  struct Chunk {
    std::size_t first = 0;
    std::size_t end = 0;
  };
  struct Running {
    Chunk chunk;
    std::int64_t begin = 0;  ///< of its first item
  };

  void cut_chunks();
  void give_out();
  [[nodiscard]] bool split_one();
  [[nodiscard]] std::size_t begun(const Running& running) const;
  [[nodiscard]] std::int64_t until(const Running& running) const;
  void end_next();

  const Workload* workload_;
  AdaptiveCosts costs_;
  detail::AdaptiveChunks sizes_;
  std::size_t next_ = 0;  ///< first item that is in no chunk
  std::deque<Chunk> waiting_;
  std::vector<std::optional<Running>> workers_;
  std::size_t busy_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace prun::replay
