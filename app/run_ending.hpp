// Describes the end of a run for the user and the journal, and as an exit status. It uses the run's report, prints nothing.
#pragma once

#include "options.hpp"

#include "journal/list_match.hpp"
#include "run/run.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::app {

/// An interruption takes precedence over bad input, and bad input over failed tasks. A closed output is not a failure.
[[nodiscard]] int exit_status_of(const RunReport& report, const RunTasks& command,
                                 std::optional<int> first_failure = std::nullopt);

/// One line, without `prun: `: why the run ended early, how many tasks are done, how to continue. Absent: it did not.
[[nodiscard]] std::optional<std::string> early_end(const RunReport& report, const RunTasks& command);

/// `prun retry`: a message that the tasks of the journal are not the whole input. Absent: they are.
[[nodiscard]] std::optional<std::string> unknown_rest(const RunReport& report, const RunTasks& command);

/// A message that a slow reader has not received all output. Absent: it has.
[[nodiscard]] std::optional<std::string> unwritten(const RunReport& report);

/// A message: how the input differs from the recorded one, or, with --once, how many tasks were not run again. Absent: the input
/// is the recorded one.
[[nodiscard]] std::optional<std::string> reused_tasks(const std::optional<journal::ListMatch::Counts>& changes,
                                                      bool once);

/// A line for the log: the outcomes, the time, the workers.
[[nodiscard]] std::string in_brief(const RunReport& report, const RunOptions& options, std::chrono::nanoseconds time);

/// The `ending` of the journal.
[[nodiscard]] std::string ending_of(const RunReport& report);

}  // namespace prun::app
