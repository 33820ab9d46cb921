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

struct EndCommandsResult {
  std::optional<std::string> problem;  ///< a script failed, could not be started, or was interrupted
  int status = 0;                      ///< with which prun exits
  bool interrupted = false;            ///< a signal has ended a script
};

/// Runs the scripts with /bin/sh, one after the other, and waits for them. They find the exit status and the counts of the run in
/// PRUN_STATUS, PRUN_SUCCEEDED, PRUN_FAILED and PRUN_NOT_RUN. A signal that ends prun ends a script as it ends a task; a script
/// after it is not run.
[[nodiscard]] EndCommandsResult run_end_commands(const EndCommands& commands, const RunReport& report, int status);

}  // namespace prun::app
