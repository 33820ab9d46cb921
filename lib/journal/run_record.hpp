// The record of a run in a journal: how it was started and how it ended.
#pragma once

#include "journal/journal_file.hpp"
#include "journal/task_list.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::journal {

/// The ending that earlier versions gave to a run that was not started because its input had other tasks than the journal.
inline constexpr std::string_view refused_ending = "refused";

/// The mode of a run of the Python package: `command` is a Python program, and not a command line of prun.
inline constexpr std::string_view python_mode = "python";

struct RunRecord {
  std::int64_t run = 0;        ///< from 1
  std::string goes_on = "no";  ///< "no", "resume", "resume-failed", "once"
  std::string mode;
  std::uint32_t workers = 1;
  std::vector<std::string> command;  ///< the words of the command line
  std::string directory;
  std::vector<std::pair<std::string, std::string>> environment;  ///< the variables that prun uses
  /// The options that affect results: another run with the journal must have the same.
  std::vector<std::pair<std::string, std::string>> settings;
  bool read_once = false;  ///< its input cannot be read again, because it is standard input or another pipe
  std::string version;
  std::string host;  ///< known for runs that are read back
  /// Number of tasks in the input; absent: it was not read to its end.
  std::optional<std::uint64_t> tasks;
  // known for runs that are read back:
  std::int64_t started = 0;           ///< nanoseconds since 1970
  std::optional<std::int64_t> ended;  ///< absent: it runs, or was killed
  std::optional<std::string> ending;  ///< "done", "interrupted by SIGINT", ...
  // known for the current run:
  std::chrono::nanoseconds begun{};  ///< its start, by a monotonic clock
};

/// Adds the run, durably, and gives it its number and the time of its start. @throws JournalError where its settings are not the journal's
void begin_run(JournalFile& file, RunRecord& run);

/// @param run as `begin_run` has set it. @throws JournalError
void end_run(JournalFile& file, const RunRecord& run, std::string_view ending);

/// All runs, in order. @throws JournalError
[[nodiscard]] std::vector<RunRecord> read_runs(JournalFile& file);

/// The number of the last run with an attempt; 0: there is none. @throws JournalError
[[nodiscard]] std::int64_t last_active_run(JournalFile& file);

/// The last run that was not refused: what goes on with the journal goes on with that; null where there is none.
[[nodiscard]] const RunRecord* last_begun(const std::vector<RunRecord>& runs);

/// Returns true if a run has read the input to its end, and no other run has read more.
/// @param input the input of the last run, as far as it was read
[[nodiscard]] bool input_is_whole(const std::vector<RunRecord>& runs, const InputSize& input);

}  // namespace prun::journal
