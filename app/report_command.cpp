// See report_command.hpp.
#include "report_command.hpp"

#include "command_texts.hpp"
#include "exit_status.hpp"
#include "run_facts.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "journal/journal_file.hpp"
#include "journal/recorded_history.hpp"
#include "output/output_buffer.hpp"
#include "report/report_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace prun::app {
namespace {

using journal::RunRecord;

/// The run with that number, or else the last one that ran anything.
const RunRecord& choose_run(journal::JournalFile& file, const std::vector<RunRecord>& runs,
                            const WriteReport& command) {
  if (command.run) {
    const auto found = std::ranges::find_if(runs, [&](const RunRecord& run) { return run.run == *command.run; });
    if (found == runs.end())
      throw UsageError(fmt::format("the journal {} has no run {}; its runs are 1 to {}", command.journal, *command.run,
                                   runs.size()));
    return *found;
  }
  const std::int64_t last = journal::last_active_run(file);
  const auto found = std::ranges::find_if(runs, [&](const RunRecord& run) { return run.run == last; });
  if (found != runs.end()) return *found;
  if (runs.empty()) throw UsageError(fmt::format("the journal {} has no run yet", command.journal));
  return runs.back();
}

/// run.db -> run.html
std::string default_path(const std::string& journal) {
  return std::filesystem::path(journal).replace_extension(".html").string();
}

}  // namespace

int write_report(const WriteReport& command) {
  journal::JournalFile file(command.journal, journal::JournalFile::Use::look_at);
  const std::vector<RunRecord> runs = journal::read_runs(file);
  const RunRecord& run = choose_run(file, runs, command);
  const CommandTexts texts(runs);
  const history::History history = journal::read_history(file, run, app::facts_of(run), texts.as_call_text());
  const std::string path = command.output.value_or(default_path(command.journal));
  report::ReportFile(path == "-" ? "/dev/stdout" : path).write(history);
  if (path != "-") {
    OutputBuffer err(STDERR_FILENO, "standard error");
    err.write(message_line("wrote the report " + path));
    err.flush();
  }
  return all_succeeded;
}

}  // namespace prun::app
