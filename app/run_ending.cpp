// See run_ending.hpp.
#include "run_ending.hpp"

#include "exit_status.hpp"
#include "slurm_run.hpp"

#include "command/command_words.hpp"
#include "event/plural.hpp"
#include "event/signal_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace prun::app {
namespace {

std::uint64_t done(const RunReport& report) { return report.succeeded + report.failed; }

bool rest_is_unknown(const RunTasks& command) { return command.journal && command.journal->options.rest_unknown; }

/// The command line that continues the run.
std::string continuation(const RunReport& report, const RunTasks& command) {
  if (!command.journal) return "with --journal FILE a run can be continued";
  const JournalRequest& request = *command.journal;
  const bool journal_suffices = request.input_from_journal || !request.run.read_once || report.read_to_end;
  if (!journal_suffices) return "continue with the same command, its whole input and --resume";
  const std::string& path = request.shown_path;
  return "continue with: " + command::join_words({"prun", "retry", path.starts_with('-') ? "./" + path : path});
}

std::string interrupted(const RunReport& report, const RunTasks& command) {
  std::string text = fmt::format("{}: {}", report.drained ? "drained" : "interrupted", done(report));
  if (report.total) text += fmt::format(" of {}", *report.total);
  text += " done";
  if (report.drained && !report.total) text += ", and the input was not read to its end";
  if (report.total != done(report)) text += "; " + continuation(report, command);
  return text;
}

/// "2 tasks were stopped, 1 task was not started"; empty: all tasks have ended.
std::string undone(const RunReport& report) {
  const auto clause = [](std::uint64_t count, std::string_view what) {
    return fmt::format("{} {} {}", plural(count, "task"), count == 1 ? "was" : "were", what);
  };
  std::string text;
  if (report.interrupted > 0) text = clause(report.interrupted, "stopped");
  if (report.interrupted > 0 && report.not_run > 0) text += ", ";
  if (report.not_run > 0) text += clause(report.not_run, "not started");
  if (!report.total && !report.read_to_end) {
    text += text.empty() ? "" : ", and ";
    text += "the rest of the input was not read";
  }
  return text;
}

}  // namespace

int exit_status_of(const RunReport& report, const RunTasks& command, std::optional<int> first_failure) {
  if (ended_by_job(report, command)) return try_again_later;
  if (report.interrupted_by_signal != 0) return interrupted_by(report.interrupted_by_signal);
  if (report.bad_input || report.bad_inputs > 0) return usage_or_bad_input;
  if (rest_is_unknown(command) && !command.journal->partial) return usage_or_bad_input;
  if (report.deadline_over) return some_task_failed;
  if (report.halted && command.run.halt.what == HaltPolicy::What::success) return all_succeeded;
  if (report.failed == 0) return all_succeeded;
  switch (command.failure_status) {
    case FailureStatus::first: return first_failure.value_or(some_task_failed);
    case FailureStatus::count: return static_cast<int>(std::min<std::uint64_t>(report.failed, 101));
    case FailureStatus::any: break;
  }
  return some_task_failed;
}

std::optional<std::string> early_end(const RunReport& report, const RunTasks& command) {
  if (report.interrupted_by_signal != 0) return interrupted(report, command);
  if (ended_by_job(report, command)) {
    return fmt::format("the Slurm job has no time for more: {}; {}", undone(report), continuation(report, command));
  }
  if (!report.deadline_over && !report.halted) return std::nullopt;
  std::string text =
      report.deadline_over
          ? fmt::format("deadline of {:g} s reached", std::chrono::duration<double>(*command.run.deadline).count())
          : fmt::format("halted: {} succeeded, {} failed", report.succeeded, report.failed);
  if (const std::string rest = undone(report); !rest.empty()) text += (report.deadline_over ? ": " : "; ") + rest;
  return text;
}

std::optional<std::string> unknown_rest(const RunReport& report, const RunTasks& command) {
  if (!rest_is_unknown(command)) return std::nullopt;
  const JournalRequest& request = *command.journal;
  return fmt::format("the input was not read to its end: the journal {} has {} of it, the rest is unknown; {}{}",
                     request.shown_path, plural(report.total.value_or(done(report)), "task"),
                     "run the original command with its whole input and --resume",
                     request.partial ? "" : ", or accept these tasks with --partial");
}

std::optional<std::string> unwritten(const RunReport& report) {
  if (report.unwritten == 0) return std::nullopt;
  return fmt::format("dropped {} of output: the reader did not take them within 1 s of the run's end",
                     plural(report.unwritten, "byte"));
}

std::optional<std::string> reused_tasks(const std::optional<journal::ListMatch::Counts>& changes, bool once) {
  if (!changes) return std::nullopt;
  if (once) {
    const std::uint64_t tasks = changes->known + changes->added;
    return fmt::format("{} of {} {} unchanged", changes->reused, plural(tasks, "task"),
                       changes->reused == 1 || tasks == 1 ? "was" : "were");
  }
  if (changes->added == 0 && changes->gone.value_or(0) == 0) {
    if (!changes->reordered) return std::nullopt;
    return fmt::format("the order of the input has changed: {} reused", plural(changes->reused, "task"));
  }
  std::string text =
      fmt::format("the input has changed: {} reused, {} new", plural(changes->reused, "task"), changes->added);
  if (changes->gone) text += fmt::format(", {} gone", *changes->gone);
  return text;
}

std::string in_brief(const RunReport& report, const RunOptions& options, std::chrono::nanoseconds time) {
  const std::uint64_t tasks = done(report) + report.interrupted + report.not_run;
  std::string text = fmt::format("{}: {} succeeded, {} failed", plural(tasks, "task"), report.succeeded, report.failed);
  if (report.interrupted > 0) text += fmt::format(", {} stopped", report.interrupted);
  if (report.not_run > 0) text += fmt::format(", {} not run", report.not_run);
  if (report.bad_inputs > 0) text += fmt::format(", {}", plural(report.bad_inputs, "bad input"));
  text += fmt::format("; {:.3f} s, {}", std::chrono::duration<double>(time).count(),
                      plural(options.workers, options.threads ? "thread" : "worker"));
  if (!report.memory_limited_by.empty()) text += fmt::format("; memory limited by {}", report.memory_limited_by);
  if (report.interrupted_by_signal != 0)
    text += fmt::format("; interrupted by signal {}", report.interrupted_by_signal);
  if (report.output_closed) text += "; the reader closed the output";
  return text;
}

std::string ending_of(const RunReport& report) {
  if (report.interrupted_by_signal != 0) return "interrupted by " + signal_name(report.interrupted_by_signal);
  if (report.deadline_over) return "deadline";
  if (report.halted) return "halted";
  if (report.output_closed) return "output closed";
  if (report.bad_input) return "bad input";
  return "done";
}

}  // namespace prun::app
