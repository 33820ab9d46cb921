// Makes a trace of the record of a run. It reads the record once, in the order in which attempts ended, so that it needs as much
// memory for a million tasks as for few.
#pragma once

#include "history/history.hpp"
#include "trace/trace_sink.hpp"

namespace prun::trace {

/// @throws what the sink throws, and std::system_error if the record cannot be read from its temporary file
void write_trace(const history::History& history, TraceSink& sink);

}  // namespace prun::trace
