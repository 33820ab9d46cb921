// See run_observers.hpp.
#include "run_observers.hpp"

#include "jobs_file.hpp"
#include "record_writer.hpp"
#include "run_facts.hpp"
#include "task_log.hpp"

#include "joblog/joblog.hpp"
#include "progress/progress.hpp"
#include "report/advice_part.hpp"
#include "report/report_file.hpp"
#include "run/median_timeout.hpp"
#include "run/memory_suspension.hpp"
#include "summary/summary.hpp"
#include "trace/trace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace prun::app {
namespace {

bool variable_is(const char* name, std::string_view value) {
  const char* const found = std::getenv(name);
  return found != nullptr && found == value;
}

ProgressPlace place_of(const RunTasks& command) {
  const bool dumb = std::getenv("TERM") == nullptr || variable_is("TERM", "dumb");
  const bool commands_write =
      command.command && (command.command->terminal || command.command->streams == command::Streams::passed);
  return {.terminal = ::isatty(STDERR_FILENO) == 1 && !dumb,
          .shared = commands_write || command.logging.terminal <= LogLevel::debug,
          .ci = variable_is("CI", "true"),
          .quiet = command.output.quiet};
}

}  // namespace

RunObservers::RunObservers(const RunTasks& command, const Surroundings& around) {
  if (around.nodes != nullptr) events_.add(*around.nodes);
  if (around.jobs != nullptr) events_.add(*around.jobs);
  if (around.journal != nullptr) events_.add(*around.journal);
  if (around.log->wants(LogLevel::warn)) add<TaskLog>(*around.log);
  if (command.joblog) add<JobLog>(command.joblog->path, command.joblog->appends);
  if (variable_is("GITHUB_ACTIONS", "true") && !command.output.quiet) add<GithubAnnotations>(*around.err);
  if (command.failure_status == FailureStatus::first) first_failure_ = &add<FirstFailure>();
  if (command.run.retry.retries > 0 && !command.output.quiet) add<RetryHint>(command.run.retry, *around.err);
  if (const auto& limit = around.commands->stopping.found_timeout)
    add<MedianTimeout>(command.run.timeout_factor, *limit);
  if (command.suspension) add<MemorySuspension>(*command.suspension);
  if (command.summary) add<Summary>(command.run.workers, *around.err);
  if (!around.reports->empty())
    add<RecordWriter<report::ReportFile>>(record(command, around), *around.reports, *around.err);
  if (!around.traces->empty())
    add<RecordWriter<trace::TraceFile>>(record(command, around), *around.traces, *around.err);
  if (command.advises) add<report::AdvicePart>(record(command, around), *around.err);
  const ProgressPlan plan = plan_progress(command.progress.style, place_of(command));
  if (plan.style != ProgressStyle::none) add_progress(command, plan, around);
}

const history::History& RunObservers::record(const RunTasks& command, const Surroundings& around) {
  if (!history_) {
    history::Detail detail = history::for_advice;
    if (!around.reports->empty()) detail = detail | history::for_report;
    if (!around.traces->empty()) detail = detail | history::for_trace;
    history_ = std::make_unique<history::History>(facts_of(command));
    add<history::HistoryRecorder>(*history_, detail, &RunPart::Clock::now, [this] { events_.wants_have_changed(); });
  }
  return *history_;
}

void RunObservers::add_progress(const RunTasks& command, const ProgressPlan& plan, const Surroundings& around) {
  const int fd = command.progress.fd.value_or(STDERR_FILENO);
  if (fd != STDERR_FILENO) {
    if (fd > STDERR_FILENO) static_cast<void>(::fcntl(fd, F_SETFD, FD_CLOEXEC));  // commands would keep it open
    progress_lines_.emplace(fd, "the progress", OutputBuffer::SlowReader::lets_wait);
  }
  const Progress::Outputs outputs{around.out, around.err, progress_lines_ ? &*progress_lines_ : around.err};
  if (plan.style != ProgressStyle::bar && plan.style != ProgressStyle::rows) {
    add<Progress>(plan, command.progress.total, outputs, Progress::Place{});
    return;
  }
  const bool out_too = same_terminal(STDERR_FILENO, STDOUT_FILENO);
  screen_.emplace(STDERR_FILENO);
  auto& shared = around.commands->terminal_drawn_on;
  shared = std::make_unique<sys::SharedTerminal>(STDERR_FILENO, out_too ? STDOUT_FILENO : -1);
  auto& progress = add<Progress>(plan, command.progress.total, outputs, Progress::Place{&*screen_, shared.get()});
  progress.share_terminal_of(*around.err);
  if (out_too) progress.share_terminal_of(*around.out);
}

}  // namespace prun::app
