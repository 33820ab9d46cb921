// `prun retry FILE`: goes on with a journal by the command line that is recorded in it.
#pragma once

#include "options.hpp"

namespace prun::app {

/// @return the exit status
/// @throws UsageError, journal::JournalError
[[nodiscard]] int retry(const RetryRun& command);

}  // namespace prun::app
