// What the end of a program means to the call that ran it, in words.
#pragma once

#include "command/stop_sequence.hpp"

#include <prun/outcome.hpp>

namespace prun::command {

/// @param status as waitpid(2) gives it, not 0
[[nodiscard]] Failure failure_of(int status);

/// Of a program that the system has killed at its limit of memory.
[[nodiscard]] Failure out_of_memory();

/// Of a program that prun has stopped.
[[nodiscard]] Failure failure_of(const StopSequence& stop, const Stopping& stopping);

}  // namespace prun::command
