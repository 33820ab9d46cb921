// A report of the current state of a run, which the user has requested with a signal.
#pragma once

#include "event/run_view.hpp"

#include <string>

namespace prun {

/// Whole lines. Each line is a message of prun.
[[nodiscard]] std::string status_block(const RunView& view);

}  // namespace prun
