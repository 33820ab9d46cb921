// Tells failed tasks on standard error, for outputs that have no place for them among the results.
#pragma once

#include "event/task_event.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"

namespace prun {

class FailureLines {
 public:
  explicit FailureLines(const OutputOptions& options) noexcept : quiet_(options.quiet), red_(options.red_failures) {}

  /// Writes a line about the task if it failed: the call and the failure. A task that the end of the run stopped has no line.
  /// @param behind what was written there comes first
  void write(const TaskEvent& event, OutputBuffer& err, OutputBuffer& behind) const;

 private:
  bool quiet_;
  bool red_;
};

}  // namespace prun
