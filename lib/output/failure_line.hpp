// The line on standard error for a failed task, for output formats that do not show failures.
#pragma once

#include "event/task_event.hpp"
#include "output/output_buffer.hpp"

namespace prun {

/// `fib(-1): std::invalid_argument: n is negative`, on one line whatever the message contains.
/// @param event must have a failure
void write_failure_line(const TaskEvent& event, OutputBuffer& err);

}  // namespace prun
