// Describes the end of a run for the user and the journal, and as an exit status. It uses the run's report, prints nothing.
#pragma once

#include "options.hpp"

#include "run/run.hpp"

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

/// The `ending` of the journal.
[[nodiscard]] std::string ending_of(const RunReport& report);

}  // namespace prun::app
