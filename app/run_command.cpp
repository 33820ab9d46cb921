// `prun MODE ...`; see run_command.hpp.
#include "run_command.hpp"

#include "exit_status.hpp"
#include "run_ending.hpp"
#include "task_log.hpp"

#include "command/command_function.hpp"
#include "event/printable.hpp"
#include "function/registry.hpp"
#include "jobserver/join.hpp"
#include "jobserver/make_flags.hpp"
#include "journal/journal.hpp"
#include "journal/journal_source.hpp"
#include "output/make_output.hpp"
#include "output/output_buffer.hpp"
#include "output/results_directory.hpp"
#include "run/run.hpp"
#include "sys/cpu_budget.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace prun::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string_view make_flags() {
  const char* flags = std::getenv("MAKEFLAGS");
  return flags != nullptr ? flags : "";
}

/// Before anything else is opened: make passes its pipe on by the numbers of its descriptors.
jobserver::Joined join_jobserver(const RunTasks& command) {
  if (!command.jobserver.wanted) return {};
  return jobserver::join(make_flags(), {command.run.workers, command.jobserver.offer, command.jobserver.style});
}

void log_start(Log& log, const RunOptions& options) {
  log.write(LogLevel::debug, "{} {}, seed {}", options.workers, options.threads ? "threads" : "worker processes",
            options.seed);
}

void log_end(Log& log, const RunReport& report, const RunOptions& options, SteadyClock::time_point started) {
  if (!log.wants(LogLevel::info)) return;
  std::string text = fmt::format("{}: {} succeeded, {} failed", plural(report.succeeded + report.failed, "task"),
                                 report.succeeded, report.failed);
  if (report.not_run > 0) text += fmt::format(", {} not run", report.not_run);
  if (report.bad_inputs > 0) text += fmt::format(", {}", plural(report.bad_inputs, "bad input"));
  text += fmt::format("; {:.3f} s, {}", std::chrono::duration<double>(SteadyClock::now() - started).count(),
                      plural(options.workers, options.threads ? "thread" : "worker"));
  if (!report.memory_limited_by.empty()) text += fmt::format("; memory limited by {}", report.memory_limited_by);
  if (report.interrupted_by_signal != 0)
    text += fmt::format("; interrupted by signal {}", report.interrupted_by_signal);
  if (report.output_closed) text += "; the reader of the output went away";
  log.write(LogLevel::info, "{}", text);
}

using SourceOrError = tl::expected<std::unique_ptr<TaskSource>, InputError>;

/// The command that the command line names becomes a function like any other, but none that can be found by its name: it may
/// be that of another ("sleep").
std::unique_ptr<Function> make_command(const RunTasks& tasks, bool dry_run,
                                       command::CommandSurroundings& surroundings) {
  if (!tasks.command) return nullptr;
  const CommandOptions& command = *tasks.command;
  surroundings.streams = command.streams;
  surroundings.tag = command.tag;
  return std::make_unique<command::TemplateCommand>(command.name, command.parsed, surroundings,
                                                    command.dry_run || dry_run);
}

/// Where the order is kept, what is printed is what commands wrote, nothing else wants it and nothing is tried again, the task
/// that comes next may print a large output itself.
std::unique_ptr<command::OutputTurn> make_turn(const RunTasks& command) {
  const bool may_be_commands = command.command || command.input.words.empty();
  const bool in_order =
      command.run.mode != Mode::map && command.run.mode != Mode::starmap && command.run.mode != Mode::imap_unordered;
  const OutputOptions& output = command.output;
  const bool only_printed = !command.journal && !output.results_directory && !output.tag && !output.format_template &&
                            (output.format == Format::text || output.format == Format::raw);
  if (!may_be_commands || !in_order || !only_printed || command.run.threads || command.run.retry.retries != 0)
    return nullptr;
  return std::make_unique<command::OutputTurn>();
}

SourceOrError open_tasks(const RunTasks& tasks, const Function* command, Registry& registry) {
  return command == nullptr ? open_source(tasks.input, registry) : open_command_inputs(tasks.command->inputs, *command);
}

/// Records the run's end. False where not everything could be recorded.
bool close_journal(journal::Journal& journal, OutputBuffer& err, const RunReport& report) {
  auto problem = journal.problem();
  try {
    if (!problem) journal.end(ending_of(report));
  } catch (const journal::JournalError& e) {
    problem = e.what();
  }
  if (problem) err.write(message_line(*problem));
  return !problem;
}

}  // namespace

int run_tasks(const RunTasks& command) {
  const auto started = SteadyClock::now();
  const jobserver::Joined jobserver = join_jobserver(command);
  Log log(command.logging);
  if (!jobserver.note.empty()) log.write(LogLevel::info, "{}", jobserver.note);
  if (jobserver.dry_run && !command.command) {
    log.write(LogLevel::info, "make -n asks that nothing be done");
    return all_succeeded;
  }
  command::CommandSurroundings surroundings;
  if (jobserver.make_flags) surroundings.environment = {{"MAKEFLAGS", *jobserver.make_flags}};
  surroundings.turn = make_turn(command);
  surroundings.stopping.timeout = command.run.timeout;
  surroundings.stopping.cpu_limit = command.run.limits.cpu_time;
  surroundings.stopping.grace = command.run.grace;
  surroundings.stopping.own_process = !command.run.threads;
  surroundings.stopping.ending = std::make_unique<command::RunEnding>();
  if (command.command && command.command->terminal) surroundings.terminal = command::Terminal::controlling();
  Registry registry;
  FunctionOptions functions = command.functions;
  if (!command.run.threads) {
    functions.worker_environment = sys::thread_limits(command.run.cpu_budget, command.run.workers);
  }
  add_known_functions(registry, functions, surroundings);
  OutputBuffer err(STDERR_FILENO, "standard error", OutputBuffer::SlowReader::lets_wait);
  if (command.command && command.command->advice && !command.output.quiet)
    err.write(fmt::format("prun: warning: {}\n", *command.command->advice));
  const std::unique_ptr<Function> given = make_command(command, jobserver.dry_run, surroundings);
  std::optional<journal::Journal> journal;
  const auto open_journal = [&] {
    journal.emplace(command.journal->options, command.journal->run, surroundings.spilled);
  };
  SourceOrError source;
  if (command.journal && command.journal->input_from_journal) {
    open_journal();
    source = std::make_unique<journal::JournalSource>(journal->file(), registry, given.get());
  } else {
    source = open_tasks(command, given.get(), registry);
    if (!source) {
      err.write(message_line(source.error().message));
      err.flush();
      return usage_or_bad_input;
    }
    if (command.journal) open_journal();
  }
  OutputBuffer out(STDOUT_FILENO, "standard output", OutputBuffer::SlowReader::lets_wait);
  OutputOptions printing = command.output;
  printing.turn = surroundings.turn.get();
  const auto output = make_output(printing, out, err, &surroundings.spilled);
  std::optional<ResultsDirectory> results;
  if (command.output.results_directory) {
    results.emplace(*command.output.results_directory, *output, &surroundings.spilled);
  }
  Listener& printed = results ? static_cast<Listener&>(*results) : *output;
  TaskLog task_log(printed, log);
  Listener& listener = log.wants(LogLevel::warn) ? task_log : printed;
  RunOptions options = command.run;
  options.tokens = jobserver.tokens.get();
  options.turn = surroundings.turn.get();
  options.spilled = &surroundings.spilled;
  options.ending = surroundings.stopping.ending.get();
  options.journal = journal ? &*journal : nullptr;
  Task initializer;
  if (command.functions.initializer) {
    initializer = initializer_call(*command.functions.initializer, registry);
    options.initializer = &initializer;
  }
  log_start(log, options);
  RunReport report;
  try {
    report = run(options, registry, **source, listener, out, err,
                 {surroundings.spilled.fd(), [&] { surroundings.spilled.receive(); }});
  } catch (const std::exception& e) {
    if (journal) journal->end_failed(e.what());
    throw std::runtime_error(e.what());  // also of a journal: that is no matter of the command line any more
  }
  if (report.bad_input) err.write(message_line(report.bad_input->message));
  if (const auto text = early_end(report, command)) err.write(message_line(*text));
  if (const auto text = unknown_rest(report, command)) err.write(message_line(*text));
  if (const auto text = unwritten(report)) err.write(message_line(*text));
  const bool recorded = !journal || close_journal(*journal, err, report);
  if (report.unwritten == 0) {
    err.flush();
  } else {  // the same reader may be slow here too
    err.push();
    static_cast<void>(err.give_up_rest());
  }
  log_end(log, report, command.run, started);
  return recorded ? exit_status_of(report, command) : prun_failed;
}

}  // namespace prun::app
