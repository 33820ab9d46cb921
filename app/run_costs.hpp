// What tasks cost, for `--order longest-first`: by an expression, or by the durations of a journal.
#pragma once

#include "options.hpp"

#include "order/task_costs.hpp"

#include <memory>

namespace prun::app {

/// Null: the order needs no costs, or none are known yet. If the run has the same journal, this must be called before that is
/// opened: closing the file would release the locks of the run. @throws UsageError, journal::JournalError
[[nodiscard]] std::unique_ptr<order::TaskCosts> task_costs(const RunTasks& command);

}  // namespace prun::app
