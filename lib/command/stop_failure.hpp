// Describes the end of a program as the failure of the call that ran it.
#pragma once

#include "command/stop_sequence.hpp"

#include <prun/outcome.hpp>

#include <string_view>

namespace prun::command {

/// @param status as waitpid(2) returns it, not 0
[[nodiscard]] Failure failure_of(int status);

/// For a program that the kernel has killed at its memory limit.
[[nodiscard]] Failure out_of_memory();

/// For a program that was stopped because the run ends. @param how "killed", for example
[[nodiscard]] Failure interrupted(RunEnding::Reason reason, std::string_view how);

/// For a program that prun has stopped.
[[nodiscard]] Failure failure_of(const StopSequence& stop, const Stopping& stopping);

}  // namespace prun::command
