// What a journal says of a run as a whole: how it was started and how it ended.
#pragma once

#include "journal/journal_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::journal {

/// The ending of a run that was not begun, as its input was of other tasks than those of the journal.
inline constexpr std::string_view refused_ending = "refused";

struct RunRecord {
  std::int64_t run = 0;        ///< from 1
  std::string goes_on = "no";  ///< "no", "resume", "resume-failed"
  std::string mode;
  std::uint32_t workers = 1;
  std::vector<std::string> command;  ///< the words of the command line
  std::string directory;
  std::vector<std::pair<std::string, std::string>> environment;  ///< the variables that prun looks at
  /// The options that change what a result is: another run with the journal must have the same.
  std::vector<std::pair<std::string, std::string>> settings;
  bool reads_standard_input = false;
  std::string version;
  // known of runs that are read back:
  std::int64_t started = 0;            ///< nanoseconds since 1970
  std::optional<std::int64_t> ended;   ///< absent: it runs, or was killed
  std::optional<std::string> ending;   ///< "done", "interrupted by SIGINT", ...
  std::optional<std::uint64_t> tasks;  ///< absent: the input was not read to its end
};

/// Adds the run, durably, and gives it its number. @throws JournalError where its settings are not the journal's
void begin_run(JournalFile& file, RunRecord& run);

/// @throws JournalError
void end_run(JournalFile& file, std::int64_t run, std::string_view ending);

/// All of them, in order. @throws JournalError
[[nodiscard]] std::vector<RunRecord> read_runs(JournalFile& file);

/// The last run that was not refused: what goes on with the journal goes on with that; null where there is none.
[[nodiscard]] const RunRecord* last_begun(const std::vector<RunRecord>& runs);

}  // namespace prun::journal
