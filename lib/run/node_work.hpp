// Gives tasks of the run to other machines: a RunJob behind the interface of the nodes.
#pragma once

#include "cluster/work.hpp"
#include "run/run_job.hpp"

#include <string>

namespace prun {

class NodeWork final : public cluster::Work {
 public:
  /// @param command the command of the command line; null: none. Both must outlive it.
  NodeWork(RunJob& job, const Function* command) : job_(&job), command_(command) {}

  bool next(std::uint64_t most, cluster::TaskBatch& batch) override;
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override {
    job_->on_value(index, value, info);
  }
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override {
    job_->on_failure(index, std::move(failure), info);
  }
  void give_back(std::uint64_t index, std::uint32_t attempt) override { job_->give_back(index, attempt); }
  [[nodiscard]] bool measured() const override { return job_->measured; }

 private:
  RunJob* job_;
  const Function* command_;
  detail::ChunkSpec chunk_;
  std::string items_;
};

}  // namespace prun
