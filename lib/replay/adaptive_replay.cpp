// See adaptive_replay.hpp.
#include "replay/adaptive_replay.hpp"

#include "ring/region.hpp"

#include <algorithm>
#include <chrono>

namespace prun::replay {

AdaptiveReplay::AdaptiveReplay(const Workload& workload, const AdaptiveCosts& costs, std::uint32_t workers)
    : workload_(&workload), costs_(costs), sizes_(std::max(workers, 1U)), workers_(std::max(workers, 1U)) {
  sizes_.handing_out_costs(std::chrono::nanoseconds(costs.per_chunk));
}

std::int64_t AdaptiveReplay::operator()() {
  for (;;) {
    cut_chunks();
    give_out();
    while (busy_ != workers_.size() && busy_ != 0 && split_one()) give_out();
    if (busy_ == 0) return now_;
    end_next();
  }
}

/// As long as there is room in the ring, ahead of the workers, from what was measured by then.
void AdaptiveReplay::cut_chunks() {
  const std::size_t slots = ring::Geometry{}.slots;
  const std::uint64_t bundle = workload_->bundle();
  while (next_ < workload_->items() && waiting_.size() + busy_ < slots) {
    const std::uint64_t size = std::max<std::uint64_t>(sizes_.next((workload_->items() - next_) * bundle) / bundle, 1);
    const std::size_t end = std::min<std::size_t>(next_ + size, workload_->items());
    waiting_.push_back({next_, end});
    next_ = end;
  }
}

void AdaptiveReplay::give_out() {
  for (auto& worker : workers_) {
    if (worker || waiting_.empty()) continue;
    worker = Running{waiting_.front(), now_ + costs_.per_chunk};
    waiting_.pop_front();
    ++busy_;
  }
}

std::int64_t AdaptiveReplay::until(const Running& running) const {
  const Chunk& chunk = running.chunk;
  return running.begin + workload_->duration(chunk.first, chunk.end) +
         costs_.per_item * static_cast<std::int64_t>(chunk.end - chunk.first);
}

/// The first item of its chunk that it has not begun.
std::size_t AdaptiveReplay::begun(const Running& running) const {
  if (now_ < running.begin) return running.chunk.first;
  std::size_t low = running.chunk.first;
  for (std::size_t high = running.chunk.end; low < high;) {
    const std::size_t middle = low + (high - low) / 2;
    const bool ended = until({{running.chunk.first, middle + 1}, running.begin}) <= now_;
    (ended ? low : high) = ended ? middle + 1 : middle;
  }
  return std::min(low + 1, running.chunk.end);
}

/// Puts half of what a worker has not begun among the waiting chunks. Returns false if no worker has anything left.
bool AdaptiveReplay::split_one() {
  if (!waiting_.empty() || next_ != workload_->items()) return false;
  Running* most = nullptr;
  std::size_t most_left = 0;
  for (auto& worker : workers_) {
    const std::size_t left = worker ? worker->chunk.end - begun(*worker) : 0;
    if (left <= most_left) continue;
    most_left = left;
    most = &*worker;
  }
  if (most == nullptr) return false;
  const bool at_item = begun(*most) != most->chunk.first;
  const std::size_t taken = (most_left + (at_item ? 1 : 0)) / 2;
  if (taken == 0) return false;
  const std::size_t end = most->chunk.end - taken;
  waiting_.push_back({end, most->chunk.end});
  most->chunk.end = end;
  return true;
}

/// Goes on to the end of the chunk that ends next.
void AdaptiveReplay::end_next() {
  std::size_t first = workers_.size();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (workers_[i] && (first == workers_.size() || until(*workers_[i]) < until(*workers_[first]))) first = i;
  }
  const Running done = *workers_[first];
  workers_[first].reset();
  --busy_;
  now_ = std::max(now_, until(done));
  const auto bundle = static_cast<std::int64_t>(workload_->bundle());
  for (std::size_t item = done.chunk.first; item < done.chunk.end; ++item) {
    sizes_.measured(static_cast<std::uint32_t>(first),
                    std::chrono::nanoseconds(workload_->duration(item, item + 1) / bundle));
  }
}

}  // namespace prun::replay
