// See replay.hpp.
#include "replay/replay.hpp"

#include "replay/adaptive_replay.hpp"

#include <algorithm>
#include <functional>

namespace prun::replay {
namespace {

/// When each worker is free. The one that is free first takes what comes next.
class FreeTimes {
 public:
  explicit FreeTimes(std::uint32_t workers) : times_(std::max(workers, 1U), 0) {}

  [[nodiscard]] std::int64_t first() const noexcept { return times_.front(); }
  /// The worker that is free first works for so long.
  void work(std::int64_t time) noexcept {
    const std::int64_t until = times_.front() + time;
    std::size_t at = 0;
    for (std::size_t child = 1; child < times_.size(); child = 2 * at + 1) {
      if (child + 1 < times_.size() && times_[child + 1] < times_[child]) ++child;
      if (until <= times_[child]) break;
      times_[at] = times_[child];
      at = child;
    }
    times_[at] = until;
  }
  [[nodiscard]] std::int64_t last() const noexcept { return *std::max_element(times_.begin(), times_.end()); }

 private:
  std::vector<std::int64_t> times_;  ///< a heap, the least in front
};

}  // namespace

Replay::Replay(const Workload& workload, const Costs& costs, std::uint32_t measured_workers)
    : workload_(&workload), costs_(costs), measured_workers_(std::max(measured_workers, 1U)) {}

std::int64_t Replay::time_of(const Plan& plan) const {
  switch (plan.chunks) {
    case Plan::Chunks::fixed: return fixed(std::max<std::uint64_t>(plan.chunksize, 1), plan.workers);
    case Plan::Chunks::automatic: return automatic(plan.workers);
    case Plan::Chunks::longest_first: return longest_first(plan.workers);
  }
  return 0;
}

std::int64_t Replay::lower_bound(std::uint32_t workers) const noexcept {
  const std::int64_t count = std::max(workers, 1U);
  return std::max(workload_->longest(), (workload_->total() + count - 1) / count);
}

/// One process hands out the chunks of all workers: with more of these, each waits longer for it.
std::int64_t Replay::cost_of_chunk(std::uint32_t workers) const noexcept {
  return costs_.per_chunk * std::max<std::int64_t>(workers, measured_workers_) / measured_workers_;
}

std::int64_t Replay::fixed(std::uint64_t chunksize, std::uint32_t workers) const {
  const std::uint64_t bundle = workload_->bundle();
  const auto step = static_cast<std::size_t>(std::max<std::uint64_t>(chunksize / bundle, 1));
  const auto chunks_a_step = static_cast<std::int64_t>(std::max<std::uint64_t>(bundle / chunksize, 1));
  const std::int64_t cost = cost_of_chunk(workers) * chunks_a_step;
  FreeTimes free(workers);
  for (std::size_t first = 0; first < workload_->items(); first += step) {
    const std::size_t end = std::min(first + step, workload_->items());
    free.work(cost + time_of_items(first, end));
  }
  return free.last();
}

std::int64_t Replay::automatic(std::uint32_t workers) const {
  const auto bundle = static_cast<std::int64_t>(workload_->bundle());
  return AdaptiveReplay(*workload_, {costs_.per_task * bundle, cost_of_chunk(workers)}, workers)();
}

std::int64_t Replay::longest_first(std::uint32_t workers) const {
  if (descending_.size() != workload_->items()) {
    descending_.clear();
    for (std::size_t item = 0; item < workload_->items(); ++item)
      descending_.push_back(workload_->duration(item, item + 1));
    std::sort(descending_.begin(), descending_.end(), std::greater<>());
  }
  const auto bundle = static_cast<std::int64_t>(workload_->bundle());
  const std::int64_t cost = (cost_of_chunk(workers) + costs_.per_task) * bundle;
  FreeTimes free(workers);
  for (const std::int64_t duration : descending_) free.work(cost + duration);
  return free.last();
}

}  // namespace prun::replay
