// Writes the outcome of each task to the log: failures as warnings, successes at level debug. It does not print results.
#pragma once

#include "logging.hpp"

#include "event/run_part.hpp"

namespace prun::app {

class TaskLog final : public RunPart {
 public:
  /// @param log must outlive this object
  explicit TaskLog(Log& log) noexcept : log_(&log) {}

  [[nodiscard]] Wants wants() const noexcept override;
  void on_event(const RunEvent& event) override;

 private:
  void on(const AttemptEnded& attempt);

  Log* log_;
};

}  // namespace prun::app
