// `prun MODE ...`: opens the input, runs the tasks, says how it went. It does not know how options are written.
#pragma once

#include "options.hpp"

namespace prun::app {

/// @return the exit status
/// @throws std::exception where prun itself failed
[[nodiscard]] int run_tasks(const RunTasks& command);

}  // namespace prun::app
