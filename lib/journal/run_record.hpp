// What a journal says of a run as a whole: how it was started and how it ended.
#pragma once

#include "journal/journal_file.hpp"

#include <chrono>
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
  bool read_once = false;  ///< its input cannot be read again: it is standard input or another pipe
  std::string version;
  std::string host;  ///< known of runs that are read back
  /// So many tasks the input has; absent: it was not read to its end.
  std::optional<std::uint64_t> tasks;
  // known of runs that are read back:
  std::int64_t started = 0;           ///< nanoseconds since 1970
  std::optional<std::int64_t> ended;  ///< absent: it runs, or was killed
  std::optional<std::string> ending;  ///< "done", "interrupted by SIGINT", ...
  // known of the run that is under way:
  std::chrono::nanoseconds begun{};  ///< when it started, by a clock that nobody sets
};

/// Adds the run, durably, and gives it its number and the time of its start. @throws JournalError where its settings are not the journal's
void begin_run(JournalFile& file, RunRecord& run);

/// @param run as `begin_run` has left it. @throws JournalError
void end_run(JournalFile& file, const RunRecord& run, std::string_view ending);

/// All of them, in order. @throws JournalError
[[nodiscard]] std::vector<RunRecord> read_runs(JournalFile& file);

/// The number of the last run with an attempt; 0: there is none. @throws JournalError
[[nodiscard]] std::int64_t last_active_run(JournalFile& file);

/// The last run that was not refused: what goes on with the journal goes on with that; null where there is none.
[[nodiscard]] const RunRecord* last_begun(const std::vector<RunRecord>& runs);

/// A run has read the input to its end, and no other has read more.
/// @param tasks so many the journal has
[[nodiscard]] bool input_is_whole(const std::vector<RunRecord>& runs, std::uint64_t tasks);

}  // namespace prun::journal
