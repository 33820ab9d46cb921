// What the record of a run says of the run itself: from its command line, now or as a journal has it.
#pragma once

#include "options.hpp"

#include "history/history.hpp"
#include "journal/run_record.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// `map`, `imap`, ...
[[nodiscard]] std::string name_of(Mode mode);

/// The facts of a run that begins now.
[[nodiscard]] history::RunFacts facts_of(const RunTasks& command);

/// The facts of a run of a journal.
[[nodiscard]] history::RunFacts facts_of(const journal::RunRecord& run);

/// Returns what a recorded command line asks for. Absent: this version of prun cannot parse it.
[[nodiscard]] std::optional<RunTasks> parse_recorded(const std::vector<std::string>& words);

}  // namespace prun::app
