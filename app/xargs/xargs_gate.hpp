// Hands out the commands of `prun xargs` as xargs starts them: no more than may run at a time, and none after one that ends the run.
// It finds the exit status from what became of the commands.
#pragma once

#include "xargs/xargs_jobs.hpp"

#include "event/run_part.hpp"
#include "input/task_source.hpp"
#include "output/output_buffer.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun::app {

class XargsGate final : public TaskSource, public RunPart {
 public:
  /// @param source what hands out the commands @param jobs how many may run. All must outlive it.
  XargsGate(TaskSource& source, XargsJobs& jobs, std::string program, OutputBuffer& err);

  // The source of a run.
  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return source_->error(); }
  [[nodiscard]] int wait_fd() const override { return waits_for_end_ ? jobs_->change_fd() : source_->wait_fd(); }

  // A part of the same run.
  [[nodiscard]] Wants wants() const noexcept override { return Wants::outcomes; }
  void on_event(const RunEvent& event) override;

  /// The exit status of xargs, as far as the commands determine it.
  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  void take_failure(const Failure& failure);
  void stop(int status, const std::string& why);

  TaskSource* source_;
  XargsJobs* jobs_;
  std::string program_;
  OutputBuffer* err_;
  std::uint64_t running_ = 0;
  bool waits_for_end_ = false;
  bool stopped_ = false;
  int status_ = 0;
};

}  // namespace prun::app
