// Describes the reason why a run starts no task.
#pragma once

#include "event/run_view.hpp"

#include <string>

namespace prun {

/// Returns `nothing starts: ...`, or nothing if tasks are started. @param held_back as `view` gives it
[[nodiscard]] std::string hold_up_text(const RunView& view, const HeldBack& held_back);

}  // namespace prun
