#include "history/chunk_bounds.hpp"

#include <algorithm>
#include <utility>

namespace prun::history {
namespace {

std::uint64_t end_of(const ChunkRun& run) noexcept { return run.first_index + run.chunks * run.size; }

bool holds(const ChunkRun& run, std::uint64_t index) noexcept {
  return index >= run.first_index && index < end_of(run);
}

bool before(const ChunkRun& a, const ChunkRun& b) noexcept { return a.first_index < b.first_index; }

/// Cuts chunks whose rest was handed out again: the rest extends to the last task of such a chunk.
class Cutter {
 public:
  explicit Cutter(std::vector<ChunkRun>& cut) : cut_(&cut) {}

  /// The next by index; of two with the same, the one that was handed out first.
  void add(const ChunkRun& run) {
    end_before(run.first_index);
    if (!open_.empty() && holds(open_.back(), run.first_index)) cut_at(run.first_index);
    open_.push_back(run);
  }
  void finish() { end_before(UINT64_MAX); }

 private:
  void end_before(std::uint64_t index) {
    while (!open_.empty() && end_of(open_.back()) <= index) {
      cut_->push_back(open_.back());
      open_.pop_back();
    }
  }

  /// What is behind the chunk of that task goes on later.
  void cut_at(std::uint64_t index) {
    const ChunkRun run = open_.back();
    open_.pop_back();
    const std::uint64_t whole = (index - run.first_index) / run.size;
    const std::uint64_t first = run.first_index + whole * run.size;
    if (whole > 0) cut_->push_back({run.first_index, whole, run.size});
    if (index > first) cut_->push_back({first, 1, index - first});
    if (run.chunks > whole + 1) open_.push_back({first + run.size, run.chunks - whole - 1, run.size});
  }

  std::vector<ChunkRun>* cut_;
  std::vector<ChunkRun> open_;  ///< those that are not behind us; the last begins first
};

}  // namespace

ChunkBounds::ChunkBounds(const History& history) {
  history.for_each_chunk_run([this](const ChunkRun& run) {
    runs_.push_back(run);
    largest_ = std::max(largest_, run.size);
  });
  std::stable_sort(runs_.begin(), runs_.end(), before);
  const auto overlap = [](const ChunkRun& a, const ChunkRun& b) { return end_of(a) > b.first_index; };
  if (std::adjacent_find(runs_.begin(), runs_.end(), overlap) == runs_.end()) return;
  std::vector<ChunkRun> cut;
  Cutter cutter(cut);
  for (const ChunkRun& run : runs_) cutter.add(run);
  cutter.finish();
  runs_ = std::move(cut);
}

std::optional<ChunkBounds::Chunk> ChunkBounds::chunk_of(const Attempt& attempt) const {
  if (attempt.attempt > 1) return Chunk{attempt.index, 1};
  if (last_ >= runs_.size() || !holds(runs_[last_], attempt.index)) {
    const auto next = std::upper_bound(runs_.begin(), runs_.end(), ChunkRun{attempt.index, 1, 1}, before);
    if (next == runs_.begin() || !holds(*(next - 1), attempt.index)) return std::nullopt;
    last_ = static_cast<std::size_t>(next - runs_.begin() - 1);
  }
  const ChunkRun& run = runs_[last_];
  if (run.size == 1) return Chunk{attempt.index, 1};
  const std::uint64_t first = (attempt.index - run.first_index) / run.size * run.size;
  return Chunk{run.first_index + first, run.size};
}

}  // namespace prun::history
