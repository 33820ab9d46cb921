// The signals with which Slurm announces the end of a job: it sends them to every process of a job step. The agent reads them, and
// its workers ignore them, so that running tasks can use the time that is left. It does not know what the announcement means.
#pragma once

#include "sys/fd.hpp"

namespace prun::agent {

class JobSignals {
 public:
  /// Only in a job step of Slurm; elsewhere it does nothing. Call it before there are threads. Workers that start between this and
  /// `workers_started`, and what they start as workers later, ignore the signals. @throws std::system_error
  JobSignals();
  JobSignals(const JobSignals&) = delete;
  JobSignals& operator=(const JobSignals&) = delete;

  void workers_started() noexcept;

  /// Readable after such a signal; -1: not in a job step.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// The signal that has come since the last call; 0: none.
  [[nodiscard]] int take() noexcept;

 private:
  sys::Fd fd_;
};

}  // namespace prun::agent
