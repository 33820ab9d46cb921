// The current state of a run, read directly from the engine's shared memory and the job's counters.
#pragma once

#include "cluster/nodes.hpp"
#include "event/run_view.hpp"
#include "pool/engine.hpp"
#include "run/run_job.hpp"

#include <chrono>

namespace prun {

class LiveView final : public RunView {
 public:
  /// Both must outlive it.
  /// @param nodes must outlive it too; null: there is only this machine
  LiveView(const pool::Engine& engine, RunJob& job, const cluster::Nodes* nodes)
      : engine_(&engine), job_(&job), nodes_(nodes) {}

  /// Records the time for which the run was stopped.
  void note_pause(std::chrono::nanoseconds paused) noexcept { begun_ += paused; }

  [[nodiscard]] Counts counts() const override { return job_->ended_counts(); }
  [[nodiscard]] std::optional<std::uint64_t> total() const override { return job_->total(); }
  [[nodiscard]] std::uint32_t worker_limit() const override;
  [[nodiscard]] std::vector<Worker> workers() const override;
  [[nodiscard]] std::chrono::nanoseconds elapsed() const override { return Clock::now() - begun_; }
  [[nodiscard]] HeldBack held_back() const override;
  [[nodiscard]] std::string call_of(std::uint64_t index) const override { return job_->call_of(index); }
  [[nodiscard]] std::uint64_t memory_of(std::uint32_t place) const override;
  [[nodiscard]] std::string last_output_of(std::uint32_t place) const override {
    return engine_->last_output_of(place);
  }

 private:
  using Clock = std::chrono::steady_clock;

  const pool::Engine* engine_;
  RunJob* job_;
  const cluster::Nodes* nodes_;
  Clock::time_point begun_ = Clock::now();
};

}  // namespace prun
