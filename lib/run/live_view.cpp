#include "run/live_view.hpp"

#include "sys/process_memory.hpp"

#include <algorithm>

namespace prun {

std::vector<RunView::Worker> LiveView::workers() const {
  const std::int64_t now = Clock::now().time_since_epoch().count();  // CLOCK_MONOTONIC
  std::vector<Worker> workers;
  for (const auto& occupation : engine_->occupations()) {
    Worker& worker = workers.emplace_back(Worker{occupation.worker, occupation.pid, {}});
    if (!occupation.index) continue;
    worker.call = RunningCall{*occupation.index, {}};
    if (occupation.begun_at != 0) {
      worker.call->age = std::chrono::nanoseconds(std::max<std::int64_t>(now - occupation.begun_at, 0));
    }
  }
  return workers;
}

std::uint32_t LiveView::worker_limit() const {
  const std::uint32_t workers = std::min(engine_->worker_limit(), job_->workers());
  if (nodes_ == nullptr) return workers;
  return std::max(nodes_->workers() + (nodes_->local() ? workers : 0), 1U);
}

// A busy worker is no hold-up.
HeldBack LiveView::held_back() const {
  if (nodes_ != nullptr && (!nodes_->local() || nodes_->busy())) return {};
  return job_->chunks_in_flight() < std::min(engine_->worker_limit(), job_->workers()) ? job_->held_back() : HeldBack{};
}

// Threads share the memory of one process.
std::uint64_t LiveView::memory_of(std::uint32_t place) const {
  return engine_->threads() ? 0 : sys::resident_memory(engine_->process_of_call(place));
}

}  // namespace prun
