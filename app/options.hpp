// What a command line asks for, as plain data. It does not know how options are split off (options/command_line.hpp), nor
// how anything is carried out.
#pragma once

#include "command_options.hpp"
#include "end_commands.hpp"
#include "exit_status.hpp"
#include "journal_options.hpp"
#include "known_functions.hpp"
#include "logging.hpp"
#include "named_files.hpp"
#include "options/option_values.hpp"
#include "sem/sem_options.hpp"
#include "xargs/xargs_options.hpp"

#include "input/open_source.hpp"
#include "output/output_options.hpp"
#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace prun::app {

/// `--help`, `--version` and the like: print a text, and nothing else.
struct PrintText {
  std::string text;
};

/// `prun functions`
struct ListFunctions {
  bool json = false;
  std::vector<std::string> targets{};  ///< functions, or what has some: a plugin, a Python file, ...; none: all
  FunctionOptions functions{};
};

/// `prun help TOPIC`, where TOPIC may be a function
struct ExplainTopic {
  std::string topic;
};

/// `prun new plugin NAME`
struct NewProject {
  std::string name;
};

/// `prun agent`
struct ServeHead {};

/// `prun MODE ...`
struct RunTasks {
  RunOptions run;
  FunctionOptions functions;
  InputOptions input;
  std::optional<CommandOptions> command;  ///< instead of functions and their inputs
  OutputOptions output;
  LoggingOptions logging;
  JobserverOptions jobserver;
  std::optional<JournalRequest> journal{};
  bool summary = false;                     ///< --summary
  bool explain = false;                     ///< --explain
  bool workers_given = false;               ///< --jobs
  std::optional<std::string> jobs_file{};   ///< the file that --jobs names
  std::vector<std::string> reports{};       ///< --report
  std::vector<std::string> traces{};        ///< --trace
  std::vector<NamedFile> files{};           ///< all that the command line names
  std::vector<std::string> command_line{};  ///< all words of it
  std::vector<std::string> given_line{};    ///< the same without those of configuration files
  bool advises = false;                     ///< standard error is a terminal: a line of advice helps
  ProgressOptions progress{};
  std::optional<JobLogFile> joblog{};
  OrderValues order{};
  ClusterValues cluster{};  ///< other machines
  FailureStatus failure_status = FailureStatus::any;
  EndCommands at_end{};
  std::optional<SuspensionLimit> suspension{};
};

/// `prun journal FILE`
struct ShowJournal {
  std::string path;
  bool json = false;
};

/// `prun report FILE [OUTPUT]`
struct WriteReport {
  std::string journal;
  std::optional<std::string> output;  ///< absent: as the journal, with the ending .html
  std::optional<std::int64_t> run;    ///< absent: the last that ran anything
};

/// `prun trace FILE OUTPUT`
struct WriteTrace {
  std::string journal;
  std::string output;
  std::optional<std::int64_t> run;  ///< absent: the last that ran anything
};

/// `prun retry FILE`
struct RetryRun {
  std::string journal;
  std::vector<std::string> options;  ///< more of them, as words, for the command line that it has
  bool partial = false;              ///< --partial
};

using Command = std::variant<PrintText, ListFunctions, ExplainTopic, NewProject, ShowJournal, WriteReport, WriteTrace,
                             RetryRun, RunXargs, RunSem, ServeHead, RunTasks>;

/// Whether options are taken from configuration files too.
enum class Config : std::uint8_t {
  read,
  ignore,
  of_head,  ///< nor from files of hosts: the line is that of the head of a run, and an agent reads it
};

/// @param config `ignore` for a command line that was recorded with the options of its configuration
/// @throws UsageError
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv, Config config = Config::read);

}  // namespace prun::app
