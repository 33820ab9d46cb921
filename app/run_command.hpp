// `prun MODE ...`: opens the input, runs the tasks, reports the result. It does not know the syntax of options.
#pragma once

#include "options.hpp"

namespace prun::app {

/// @return the exit status
/// @throws std::exception if prun itself fails
[[nodiscard]] int run_tasks(const RunTasks& command);

}  // namespace prun::app
