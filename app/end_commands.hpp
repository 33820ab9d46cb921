// `--on-end` and `--on-fail`: scripts that run once, when the run has ended. It does not know how the run ended, only its counts.
#pragma once

#include "run/run.hpp"

#include <optional>
#include <string>

namespace prun::app {

struct EndCommands {
  std::optional<std::string> on_end;
  std::optional<std::string> on_fail;  ///< if the exit status is not 0
};

/// Runs the scripts with /bin/sh, one after the other, and waits for them. They find the exit status and the counts of the run in
/// PRUN_STATUS, PRUN_SUCCEEDED, PRUN_FAILED and PRUN_NOT_RUN.
/// @return what went wrong: a script failed, or could not be started
[[nodiscard]] std::optional<std::string> run_end_commands(const EndCommands& commands, const RunReport& report,
                                                          int status);

}  // namespace prun::app
