// `prun retry FILE`; see retry_command.hpp.
#include "retry_command.hpp"

#include "logging.hpp"
#include "run_command.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

#include "journal/journal_file.hpp"
#include "journal/run_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <variant>

namespace prun::app {
namespace {

struct Recorded {
  journal::RunRecord run;    ///< the last that was not refused
  bool input_whole = false;  ///< a run has read its input to the end: the journal has every task
};

Recorded recorded_in(const std::string& path) {
  journal::JournalFile file(path, journal::JournalFile::Use::look_at);
  const std::vector<journal::RunRecord> runs = journal::read_runs(file);
  const journal::RunRecord* const last = journal::last_begun(runs);
  if (last == nullptr) throw UsageError(fmt::format("the journal {} has no run", path), "prun retry --help");
  const bool whole = std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.tasks.has_value(); });
  return {*last, whole};
}

/// The recorded words, and the options of this command line behind the recorded ones.
std::vector<std::string> merged(const std::vector<std::string>& recorded, const std::vector<std::string>& options) {
  std::vector<std::string> words = recorded;
  words.insert(std::find(words.begin(), words.end(), "--"), options.begin(), options.end());
  return words;
}

void go_where_it_ran(const journal::RunRecord& run) {
  std::error_code error;
  std::filesystem::current_path(run.directory, error);
  if (error) {
    throw UsageError(
        fmt::format("its run was started in {}, which cannot be gone to: {}", run.directory, error.message()),
        "prun retry --help");
  }
  for (const auto& [name, value] : run.environment)
    ::setenv(name.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace

int retry(const RetryRun& command) {
  const std::string path = std::filesystem::absolute(command.journal).string();
  const Recorded recorded = recorded_in(path);
  go_where_it_ran(recorded.run);
  const std::vector<std::string> words = merged(recorded.run.command, command.options);
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const std::string& word : words) argv.push_back(word.c_str());
  Command parsed = parse_command_line(static_cast<int>(argv.size()), argv.data());
  auto* run = std::get_if<RunTasks>(&parsed);
  if (run == nullptr || !run->journal) {
    throw UsageError(fmt::format("the journal {} has a command line that runs no tasks", path), "prun retry --help");
  }
  JournalRequest& request = *run->journal;
  request.options = {path, true, true};
  request.run.goes_on = "resume-failed";
  request.input_from_journal = recorded.input_whole || recorded.run.reads_standard_input;
  if (request.input_from_journal && !recorded.input_whole) {
    complain(
        "prun: standard input was not read to its end when the run ended; what was not read is not in the journal, and "
        "not run\n");
  }
  return run_tasks(*run);
}

}  // namespace prun::app
