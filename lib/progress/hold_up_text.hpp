// Says for a person why a run starts no task.
#pragma once

#include "event/run_view.hpp"

#include <string>

namespace prun {

/// Returns `nothing starts: ...`, or nothing if tasks are started. @param held_back as `view` gives it
[[nodiscard]] std::string hold_up_text(const RunView& view, const HeldBack& held_back);

/// Returns one word for programs: `load`, `memory`, ...; empty if tasks are started.
[[nodiscard]] std::string_view hold_up_word(HeldBack::Reason reason) noexcept;

}  // namespace prun
