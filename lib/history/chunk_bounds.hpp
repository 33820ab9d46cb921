// Finds the chunk of a task by its index. If the rest of a chunk was handed out again, the chunk ends before the rest.
#pragma once

#include "history/history.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace prun::history {

class ChunkBounds {
 public:
  struct Chunk {
    std::uint64_t first_index = 0;
    std::uint64_t size = 1;
    bool operator==(const Chunk&) const = default;
  };

  explicit ChunkBounds(const History& history);

  /// The chunk of the attempt. A task that is tried again is a separate chunk. Absent: the chunk is not recorded.
  [[nodiscard]] std::optional<Chunk> chunk_of(const Attempt& attempt) const;
  [[nodiscard]] bool begins(const Attempt& attempt) const {
    const auto chunk = chunk_of(attempt);
    return chunk && chunk->first_index == attempt.index;
  }
  /// Returns true if no chunks are recorded.
  [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }
  /// Of any chunk, as it was handed out first.
  [[nodiscard]] std::uint64_t largest() const noexcept { return largest_; }

 private:
  std::vector<ChunkRun> runs_;    ///< by index; they do not overlap
  mutable std::size_t last_ = 0;  ///< the run that was found last: attempts come nearly by index
  std::uint64_t largest_ = 0;
};

}  // namespace prun::history
