// What a command line says of a journal: --journal, --resume, --resume-failed.
#pragma once

#include "options/option_values.hpp"

#include "journal/journal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

struct RunTasks;

struct JournalRequest {
  journal::JournalOptions options;
  journal::RunRecord run;
  bool input_from_journal = false;  ///< `prun retry`: the tasks are those that it has
  std::string shown_path{};         ///< the journal's name as the user wrote it
  bool retries = false;             ///< `prun retry`
  bool once = false;                ///< --once
  bool why = false;                 ///< --why
  bool partial = false;             ///< --partial: that the rest of the input is unknown is no failure
};

/// Absent where there is to be none.
/// @param run everything else that the command line asks for
/// @param command_line its words, with the program's name
/// @throws UsageError
[[nodiscard]] std::optional<JournalRequest> journal_request(const OptionValues& values, const RunTasks& run,
                                                            std::vector<std::string> command_line);

}  // namespace prun::app
