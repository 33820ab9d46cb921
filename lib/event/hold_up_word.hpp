// The reason why no task is started, in one word.
#pragma once

#include "event/run_event.hpp"

#include <string_view>

namespace prun {

/// `load`, `memory`, `order`, ...; empty if tasks are started.
[[nodiscard]] std::string_view hold_up_word(HeldBack::Reason reason) noexcept;

}  // namespace prun
