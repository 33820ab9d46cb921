#include "history/chunk_bounds.hpp"

#include <algorithm>

namespace prun::history {
namespace {

bool holds(const ChunkRun& run, std::uint64_t index) noexcept {
  return index >= run.first_index && index - run.first_index < run.chunks * run.size;
}

}  // namespace

ChunkBounds::ChunkBounds(const History& history) {
  history.for_each_chunk_run([this](const ChunkRun& run) {
    runs_.push_back(run);
    largest_ = std::max(largest_, run.size);
  });
  std::sort(runs_.begin(), runs_.end(),
            [](const ChunkRun& a, const ChunkRun& b) { return a.first_index < b.first_index; });
}

std::optional<ChunkBounds::Chunk> ChunkBounds::chunk_of(const Attempt& attempt) const {
  if (attempt.attempt > 1) return Chunk{attempt.index, 1};
  if (last_ >= runs_.size() || !holds(runs_[last_], attempt.index)) {
    const auto next =
        std::upper_bound(runs_.begin(), runs_.end(), attempt.index,
                         [](std::uint64_t index, const ChunkRun& run) { return index < run.first_index; });
    if (next == runs_.begin() || !holds(*(next - 1), attempt.index)) return std::nullopt;
    last_ = static_cast<std::size_t>(next - runs_.begin() - 1);
  }
  const ChunkRun& run = runs_[last_];
  const std::uint64_t before = (attempt.index - run.first_index) / run.size * run.size;
  return Chunk{run.first_index + before, run.size};
}

}  // namespace prun::history
