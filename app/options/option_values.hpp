// The values of all options, as the entries store them (`take`): checked one by one, not yet against each other or
// against the words of the command line. options.cpp does that.
#pragma once

#include "cluster_values.hpp"
#include "colors.hpp"
#include "end_commands.hpp"
#include "exit_status.hpp"
#include "known_functions.hpp"
#include "logging.hpp"
#include "options/joblog_file.hpp"

#include "input/commands/command_inputs.hpp"
#include "input/open_source.hpp"
#include "jobserver/token_pipe.hpp"
#include "order/cost_expression.hpp"
#include "output/output_options.hpp"
#include "progress/progress_options.hpp"
#include "run/memory_suspension.hpp"
#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// How a run takes part in GNU make's jobserver, or has one of its own.
struct JobserverOptions {
  bool wanted = true;
  bool offer = false;  ///< programs may be run, which can share the run's workers
  jobserver::Style style = jobserver::Style::pipe;
};

/// The options of a command to run.
struct CommandValues {
  std::optional<std::string> cmd;
  std::optional<std::string> sh;
  std::optional<std::string> shell;
  std::optional<std::string> commands_file;
  std::vector<std::string> arg_files;
  CommandInputOptions inputs;
  bool keep_order = true;
  bool trace = false;
  bool plus = false;
  std::optional<std::string> replacement;   ///< -I
  std::optional<std::string> tag_text;      ///< --tagstring
  std::optional<std::string> directory;     ///< --cwd
  std::optional<std::string> header;        ///< --header
  std::optional<std::string> record_end;    ///< --recend
  std::optional<std::string> record_start;  ///< --recstart
  std::optional<std::uint64_t> lines;       ///< -L
  std::vector<std::string> sent_files;      ///< --transferfile
  std::vector<std::string> returned_files;  ///< --return
  bool cleanup = false;
  bool spread = false;                   ///< -n auto, -n max
  bool counts_args = false;              ///< -n with a number
  bool whole_words = false;              ///< -X
  std::optional<std::string> stop_note;  ///< what prun does instead of the sequence of --termseq
  bool line_buffer = false;
  bool ungroup = false;
  bool tty = false;
  bool dry_run = false;
};

/// The options of a journal.
struct JournalValues {
  std::optional<std::string> path;
  bool resume = false;
  bool resume_failed = false;
  bool partial = false;
  bool once = false;
  bool why = false;
  std::vector<std::string> reads;   ///< --in
  std::vector<std::string> writes;  ///< --out
};

/// Where the durations of tasks come from, for `--order longest-first`.
struct OrderValues {
  std::optional<order::CostExpression> cost;
  std::optional<std::string> durations;  ///< a journal
};

struct OptionValues {
  RunOptions run;
  std::optional<std::string> jobs_file;
  ClusterValues cluster;
  FunctionOptions functions;
  InputOptions input;
  CommandValues command;
  OutputOptions output;
  LoggingOptions logging;
  JobserverOptions jobserver;
  JournalValues journal;
  OrderValues order;
  bool summary = false;
  bool explain = false;
  std::vector<std::string> reports;
  std::vector<std::string> traces;
  std::optional<std::int64_t> run_number;
  ProgressOptions progress;
  std::optional<JobLogFile> joblog;
  FailureStatus failure_status = FailureStatus::any;
  EndCommands at_end;
  ColorChoice color = ColorChoice::automatic;
  std::optional<SuspensionLimit> suspension;  ///< --memsuspend
  bool json = false;                          ///< `--output json` of a subcommand that prints a report
};

}  // namespace prun::app
