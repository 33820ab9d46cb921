#include "recorded_history.hpp"

#include "command_texts.hpp"
#include "run_facts.hpp"
#include "usage_error.hpp"

#include "journal/journal_file.hpp"
#include "journal/recorded_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace prun::app {
namespace {

using journal::RunRecord;

/// The run with that number, or else the last one that ran anything.
const RunRecord& choose_run(journal::JournalFile& file, const std::vector<RunRecord>& runs, const std::string& path,
                            std::optional<std::int64_t> number) {
  if (number) {
    const auto found = std::ranges::find_if(runs, [&](const RunRecord& run) { return run.run == *number; });
    if (found == runs.end())
      throw UsageError(fmt::format("the journal {} has no run {}; its runs are 1 to {}", path, *number, runs.size()));
    return *found;
  }
  const std::int64_t last = journal::last_active_run(file);
  const auto found = std::ranges::find_if(runs, [&](const RunRecord& run) { return run.run == last; });
  if (found != runs.end()) return *found;
  if (runs.empty()) throw UsageError(fmt::format("the journal {} has no run yet", path));
  return runs.back();
}

}  // namespace

history::History recorded_history(const std::string& path, std::optional<std::int64_t> number) {
  journal::JournalFile file(path, journal::JournalFile::Use::look_at);
  const std::vector<RunRecord> runs = journal::read_runs(file);
  const RunRecord& run = choose_run(file, runs, path, number);
  const CommandTexts texts(runs);
  return journal::read_history(file, run, app::facts_of(run), texts.as_call_text());
}

}  // namespace prun::app
