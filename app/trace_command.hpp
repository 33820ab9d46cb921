// `prun trace FILE OUTPUT`: the trace of a run that a journal has recorded.
#pragma once

#include "options.hpp"

namespace prun::app {

/// Returns the exit status. @throws UsageError for a run that the journal does not have, JournalError for the journal
int write_trace(const WriteTrace& command);

}  // namespace prun::app
