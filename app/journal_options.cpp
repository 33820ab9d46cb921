// What a command line says of a journal; see journal_options.hpp.
#include "journal_options.hpp"

#include "options.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace prun::app {
namespace {

/// What the name leads to cannot be read again by another process: standard input, another descriptor such as that of a
/// shell's `<(COMMAND)`, or a pipe with a name.
bool is_read_once(const std::string& file) {
  for (const std::string_view folder : {"/dev/std", "/dev/fd/", "/proc/self/fd/"}) {
    if (file.starts_with(folder)) return true;
  }
  std::error_code missing;  // the run will say so
  return file == "-" || std::filesystem::is_fifo(file, missing) || std::filesystem::is_socket(file, missing);
}

bool reads_once(const RunTasks& run) {
  if (run.command) {
    const auto& lists = run.command->inputs.lists;
    return lists.empty() || run.command->inputs.pipe ||
           std::any_of(lists.begin(), lists.end(), [](const InputList& list) {
             const auto file = list.file_of_lines();
             return file && is_read_once(*file);
           });
  }
  const InputOptions& input = run.input;
  if (input.tasks_file) return is_read_once(*input.tasks_file);
  return input.words.empty() || input.reads_lines();
}

const char* name_of(Mode mode) {
  switch (mode) {
    case Mode::map: return "map";
    case Mode::starmap: return "starmap";
    case Mode::imap: return "imap";
    case Mode::imap_unordered: return "imap_unordered";
    case Mode::submit: return "submit";
    case Mode::apply: return "apply";
  }
  return "";
}

}  // namespace

std::optional<JournalRequest> journal_request(const OptionValues& values, const RunTasks& run,
                                              std::vector<std::string> command_line) {
  const JournalValues& journal = values.journal;
  if (!journal.path) return std::nullopt;
  if (journal.path->empty()) throw UsageError("--journal needs the name of a file");
  JournalRequest request;
  request.options = {*journal.path, journal.resume || journal.resume_failed || journal.once,
                     journal.resume_failed || journal.once};
  request.once = journal.once;
  request.why = journal.why;
  request.shown_path = *journal.path;
  journal::RunRecord& record = request.run;
  record.goes_on = journal.once ? "once" : journal.resume_failed ? "resume-failed" : journal.resume ? "resume" : "no";
  record.mode = name_of(run.run.mode);
  record.workers = run.run.workers;
  record.command = std::move(command_line);
  std::error_code gone;
  record.directory = std::filesystem::current_path(gone).string();
  if (!run.functions.plugin_path.empty())
    record.environment.emplace_back("PRUN_PLUGIN_PATH", run.functions.plugin_path);
  if (run.run.seed != 0) record.settings.emplace_back("--seed", std::to_string(run.run.seed));
  if (run.functions.initializer) record.settings.emplace_back("--initializer", *run.functions.initializer);
  if (!run.functions.serve.empty()) {
    record.settings.emplace_back("--serve", fmt::format("{}", fmt::join(run.functions.serve, " --serve ")));
  }
  // A function of that name is another task.
  if (run.command && !values.command.sh) record.settings.emplace_back("--cmd", run.command->name);
  if (values.command.sh) record.settings.emplace_back("--sh", *values.command.sh);
  record.read_once = reads_once(run);
  record.version = PRUN_VERSION;
  return request;
}

}  // namespace prun::app
