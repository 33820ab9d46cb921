// A run in a Slurm job: when the job ends, what becomes of the job then, and the allocation that prun itself has asked for. It does
// not know tasks.
#pragma once

#include "options.hpp"

#include "output/output_buffer.hpp"
#include "run/run.hpp"

#include <optional>
#include <string>

#include <sys/types.h>

namespace prun::app {

/// Becomes `salloc`, which starts this command line again as soon as it has nodes, and releases them when that ends.
/// @throws std::exception if it cannot
[[noreturn]] void run_in_allocation(const RunTasks& command);

class SlurmRun {
 public:
  /// Absent: the run is not one of a Slurm job.
  [[nodiscard]] static std::optional<SlurmRun> of(const RunTasks& command);

  /// Sets what the end of the job means for the run.
  void prepare(RunOptions& options) const;

  /// The run has ended with this status. Queues the job again if that was asked for and tasks are left; then this process will be
  /// killed. Releases an allocation that nobody else releases.
  void finish(int status, OutputBuffer& err) const;

 private:
  SlurmRun(const RunTasks& command, std::string job);

  const RunTasks* command_;
  std::string job_;
  pid_t salloc_ = 0;  ///< the process that has the allocation for this one; 0: somebody else's
};

/// The run was ended by the end of its job, or has been ended because of it, before all tasks were done.
[[nodiscard]] bool ended_by_job(const RunReport& report, const RunTasks& command);

}  // namespace prun::app
