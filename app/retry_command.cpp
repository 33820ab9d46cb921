// `prun retry FILE`; see retry_command.hpp.
#include "retry_command.hpp"

#include "logging.hpp"
#include "options/line_form.hpp"
#include "run_command.hpp"
#include "usage_error.hpp"

#include "journal/journal_file.hpp"
#include "journal/run_record.hpp"
#include "journal/task_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <variant>

namespace prun::app {
namespace {

struct Recorded {
  journal::RunRecord run;   ///< the last that was not refused
  std::uint64_t tasks = 0;  ///< that the journal has
  bool whole = false;       ///< they are the whole input
};

Recorded recorded_in(const std::string& path) {
  journal::JournalFile file(path, journal::JournalFile::Use::look_at);
  const std::vector<journal::RunRecord> runs = journal::read_runs(file);
  const journal::RunRecord* const last = journal::last_begun(runs);
  if (last == nullptr) throw UsageError(fmt::format("the journal {} has no run", path), "prun retry --help");
  if (last->mode == journal::python_mode) {
    throw UsageError(
        fmt::format("the journal {} was recorded by a Python program, which prun cannot run: run the program "
                    "again. It makes only the calls that failed or are missing",
                    path),
        "prun retry --help");
  }
  const journal::InputSize input = file.reading([&] { return journal::input_size(file.reader()); });
  return {*last, input.tasks, journal::input_is_whole(runs, input)};
}

/// The recorded words, and the options of this command line behind the recorded ones.
std::vector<std::string> merged(const std::vector<std::string>& recorded, const std::vector<std::string>& options) {
  std::vector<const char*> given;
  given.reserve(recorded.size());
  for (const std::string& word : recorded) given.push_back(word.c_str());
  const std::size_t end = beginning_of(std::span(given).subspan(std::min<std::size_t>(given.size(), 1))).options_end;
  std::vector<std::string> words = recorded;
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(std::min(end + 1, words.size())), options.begin(),
               options.end());
  return words;
}

/// Where the tasks come from. Input that can be read again is read again, unless the last run has read it to its end.
void choose_input(JournalRequest& request, const Recorded& recorded) {
  const bool last_read_all = recorded.run.tasks == recorded.tasks;
  request.input_from_journal = recorded.run.read_once || last_read_all;
  if (!request.input_from_journal) return;
  if (recorded.whole) request.run.tasks = recorded.tasks;
  request.options.rest_unknown = !recorded.whole;
}

void go_where_it_ran(const journal::RunRecord& run) {
  std::error_code error;
  std::filesystem::current_path(run.directory, error);
  if (error) {
    throw UsageError(fmt::format("cannot change to {}, where the run of the journal was started: {}", run.directory,
                                 error.message()),
                     "prun retry --help");
  }
  for (const auto& [name, value] : run.environment) {
    if (::setenv(name.c_str(), value.c_str(), 1) != 0)  // NOLINT(concurrency-mt-unsafe)
      throw std::system_error(errno, std::generic_category(), "cannot set " + name);
  }
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
  Command parsed = parse_command_line(static_cast<int>(argv.size()), argv.data(), Config::ignore);
  auto* run = std::get_if<RunTasks>(&parsed);
  if (run == nullptr || !run->journal) {
    throw UsageError(fmt::format("the journal {} has a command line that runs no tasks", path), "prun retry --help");
  }
  JournalRequest& request = *run->journal;
  request.options.path = path;
  request.options.resume = request.options.failed_too = true;
  request.run.goes_on = "resume-failed";
  request.retries = true;
  request.shown_path = command.journal;
  request.partial = command.partial;
  for (NamedFile& file : run->files) {
    if (file.use == FileUse::journal) file.path = path;
  }
  choose_input(request, recorded);
  return run_tasks(*run);
}

}  // namespace prun::app
