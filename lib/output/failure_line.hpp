// The line that standard error gets of a task that failed, where the output itself has no room for failures.
#pragma once

#include "event/task_event.hpp"
#include "output/output_buffer.hpp"

namespace prun {

/// `fib(-1): std::invalid_argument: n is negative`, one line whatever the message holds.
/// @param event one with a failure
void write_failure_line(const TaskEvent& event, OutputBuffer& err);

}  // namespace prun
