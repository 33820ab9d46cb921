// What a run is doing at this moment, in some lines for a person who asked with a signal.
#pragma once

#include "event/run_view.hpp"

#include <string>

namespace prun {

/// Whole lines, each a message of prun's.
[[nodiscard]] std::string status_block(const RunView& view);

}  // namespace prun
