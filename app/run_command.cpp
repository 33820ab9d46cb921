// `prun MODE ...`; see run_command.hpp.
#include "run_command.hpp"

#include "exit_status.hpp"
#include "jobs_file.hpp"
#include "once_options.hpp"
#include "run_costs.hpp"
#include "run_ending.hpp"
#include "run_facts.hpp"
#include "run_functions.hpp"
#include "run_nodes.hpp"
#include "run_observers.hpp"
#include "slurm_run.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "function/registry.hpp"
#include "jobserver/join.hpp"
#include "jobserver/make_flags.hpp"
#include "journal/journal.hpp"
#include "journal/journal_source.hpp"
#include "output/make_output.hpp"
#include "output/output_buffer.hpp"
#include "output/results_directory.hpp"
#include "output/results_files.hpp"
#include "output/results_table.hpp"
#include "report/report_file.hpp"
#include "run/plan.hpp"
#include "run/run.hpp"
#include "sys/process_limit.hpp"
#include "trace/trace_file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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

using SourceOrError = tl::expected<std::unique_ptr<TaskSource>, InputError>;

/// Where the order is kept, what is printed is what commands wrote, nothing else wants it and nothing is tried again, the task
/// that comes next may print a large output itself.
std::unique_ptr<command::OutputTurn> make_turn(const RunTasks& command) {
  const bool may_be_commands = command.command || command.input.words.empty();
  const bool in_order =
      command.run.mode != Mode::map && command.run.mode != Mode::starmap && command.run.mode != Mode::imap_unordered;
  const OutputOptions& output = command.output;
  const bool only_printed = !command.journal && !output.results_directory && !output.tag && !output.saves_files &&
                            !output.format_template && (output.format == Format::text || output.format == Format::raw);
  if (!may_be_commands || !in_order || command.cluster.given || !only_printed || command.run.threads ||
      command.run.retry.retries != 0)
    return nullptr;
  return std::make_unique<command::OutputTurn>();
}

/// Records the run's end. False where not everything could be recorded.
bool close_journal(journal::Journal& journal, OutputBuffer& err, const RunReport& report) {
  auto problem = journal.problem();
  try {
    if (!problem) journal.end(ending_of(report));
  } catch (const journal::JournalError& e) {
    problem = e.what();
  }
  if (problem) err.write_line(message_line(*problem));
  return !problem;
}

/// All that one run needs, put together from its options. The members are in the order in which they are made.
class AssembledRun {
 public:
  explicit AssembledRun(const RunTasks& command)
      : command_(&command), jobserver_(join_jobserver(command)), log_(command.logging) {
    err_.join(out_);
    if (!jobserver_.note.empty()) log_.write(LogLevel::info, "{}", jobserver_.note);
  }

  /// @return the exit status
  int operator()() {
    if (jobserver_.dry_run && !command_->command) {
      log_.write(LogLevel::info, "make -n: no task is run");
      return all_succeeded;
    }
    surround();
    add_functions();
    costs_ = task_costs(*command_);  // before the run's journal is opened, which may be the same file
    for (const std::string& path : command_->reports) reports_.emplace_back(path);
    for (const std::string& path : command_->traces) traces_.emplace_back(path);
    if (!open_input()) return usage_or_bad_input;
    open_outputs();
    explain();
    return tell_end(run_it());
  }

 private:
  /// What programs are run with.
  void surround() {
    if (jobserver_.make_flags) surroundings_.environment = {{"MAKEFLAGS", *jobserver_.make_flags}};
    surroundings_.turn = make_turn(*command_);
    surround_commands(*command_, surroundings_);
    if (command_->command && command_->command->inputs.pipe && command_->command->inputs.blocks.by_range)
      surroundings_.input_file.reset(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  }

  void add_functions() {
    add_run_functions(*command_, registry_, surroundings_);
    given_ = make_command(*command_, jobserver_.dry_run, surroundings_);
    make_tag();
  }

  void open_journal() {
    journal::JournalOptions options = command_->journal->options;
    if (command_->journal->once) options.once = once_options(*command_, columns_, err_);
    journal_.emplace(options, command_->journal->run, surroundings_.spilled);
  }

  /// False: it was said why not.
  bool open_input() {
    if (command_->command && command_->command->advice && !command_->output.quiet)
      err_.write_line(message_line("warning: " + *command_->command->advice));
    if (command_->journal && command_->journal->input_from_journal) {
      open_journal();
      source_ = std::make_unique<journal::JournalSource>(journal_->file(), registry_, given_.get());
      return tell_total();
    }
    SourceOrError source = given_ ? open_command_inputs(command_->command->inputs, *given_, &columns_)
                                  : open_source(command_->input, registry_);
    if (!source) {
      err_.write_line(message_line(source.error().message));
      err_.flush();
      return false;
    }
    source_ = std::move(*source);
    if (!columns_.empty()) name_columns();
    if (!order_is_possible() || !tell_total()) return false;
    if (command_->journal) open_journal();
    return true;
  }

  /// False: it was said why not.
  bool order_is_possible() {
    constexpr std::uint64_t most = 100'000'000;
    if (command_->run.order == order::StartOrder::of_input || source_->remaining().value_or(0) <= most) return true;
    err_.write_line(message_line(fmt::format("--order keeps all tasks in memory, and the input has {}; the most is {}",
                                             *source_->remaining(), most)));
    err_.flush();
    return false;
  }

  /// Parses the texts with placeholders again: names of columns are placeholders too.
  void name_columns() {
    const CommandOptions& command = *command_->command;
    given_->set_template(command.text.parse(columns_));
    if (command.directory) given_->set_directory(command.directory->parse(columns_));
    if (command.tag) make_tag();
  }

  void make_tag() {
    tag_ = command_->output.tag;
    if (tag_ && command_->command && command_->command->tag) tag_->use_form(command_->command->tag->parse(columns_));
    surroundings_.tag = tag_;
  }

  /// Tells the command how many tasks there are. False if it needs to know, and nobody does.
  bool tell_total() {
    if (!command_->command) return true;
    const std::string_view placeholder = command_->command->parsed.total_placeholder();
    if (placeholder.empty()) return true;
    if (command_->cluster.given) {
      err_.write_line(message_line(fmt::format("{} cannot be used with --hosts; use {{#}}", placeholder)));
      err_.flush();
      return false;
    }
    if (const auto total = source_->remaining()) {
      given_->set_total(*total);
      return true;
    }
    err_.write_line(message_line(fmt::format(
        "{} needs the number of all tasks, which is not known in advance for lines of a file or of standard input and "
        "with --max-args or --pipe; give the inputs on the command line, or use {{#}}",
        placeholder)));
    err_.flush();
    return false;
  }

  void open_outputs() {
    OutputOptions printing = command_->output;
    printing.turn = surroundings_.turn.get();
    printing.tag = tag_;
    printing.column_names = columns_;
    output_ = make_output(printing, out_, err_, &surroundings_.spilled);
    if (printing.results_directory) results_ = make_results(*printing.results_directory);
  }

  /// Saves outputs in a table, in files that a template names, or in a folder.
  std::unique_ptr<Listener> make_results(const std::string& name) {
    command::SpilledFiles* const files = &surroundings_.spilled;
    if (ResultsTable::dialect_of(name)) return std::make_unique<ResultsTable>(name, columns_, *output_, files);
    if (command_->command && command_->command->results)
      return std::make_unique<ResultsFiles>(command_->command->results->parse(columns_), *output_, files);
    return std::make_unique<ResultsDirectory>(name, columns_, *output_, files);
  }

  void explain() {
    if (!command_->explain) return;
    using Jobserver = PlanFacts::Jobserver;
    PlanFacts facts;
    const std::string mode = name_of(command_->run.mode);
    facts.mode = mode;
    facts.tasks = source_->remaining();
    facts.commands = command_->command.has_value();
    facts.workers_given = command_->workers_given;
    if (journal_) explain_reuse(facts);
    if (jobserver_.tokens) facts.jobserver = jobserver_.make_flags ? Jobserver::offered : Jobserver::joined;
    facts.jobserver_note = jobserver_.note;
    RunOptions run = command_->run;
    run.costs = costs_.get();
    for (const std::string& line : explain_plan(run, facts)) err_.write_line(message_line(line));
    err_.flush();
  }

  void explain_reuse(PlanFacts& facts) {
    using Reuses = PlanFacts::Reuses;
    const JournalRequest& request = *command_->journal;
    if (!request.options.resume) return;
    facts.reuses = request.once ? Reuses::unchanged : request.options.failed_too ? Reuses::successes : Reuses::outcomes;
    facts.reused_by = request.once                 ? "--once"
                      : request.retries            ? "prun retry"
                      : request.options.failed_too ? "--resume-failed"
                                                   : "--resume";
    facts.reusable = journal_->reusable();
  }

  [[nodiscard]] RunOptions options(const Task* initializer, const EventStream& events) {
    RunOptions options = command_->run;
    options.initializer = initializer;
    options.tokens = jobserver_.tokens.get();
    options.turn = surroundings_.turn.get();
    options.spilled = &surroundings_.spilled;
    options.ending = surroundings_.stopping.ending.get();
    options.found_timeout = surroundings_.stopping.found_timeout.get();
    options.events = &events;
    options.nodes = nodes_.get();
    options.worker_count = jobs_.get();
    options.command = given_.get();
    options.recorded = journal_ ? &*journal_ : nullptr;
    options.costs = costs_.get();
    options.starts_processes = may_start_processes(*command_);
    if (slurm_) slurm_->prepare(options);
    return options;
  }

  RunReport run_it() {
    if (!jobserver_.dry_run && !(command_->command && command_->command->dry_run))
      nodes_ = make_nodes(*command_, log_, err_);
    if (command_->jobs_file)
      jobs_ = std::make_unique<JobsFile>(*command_->jobs_file, command_->run.workers, command_->run.cpu_budget, err_);
    const RunObservers observers(*command_, {journal_ ? &*journal_ : nullptr, &log_, &out_, &err_, &reports_, &traces_,
                                             &surroundings_, nodes_.get(), jobs_.get()});
    std::optional<Task> initializer;
    if (command_->functions.initializer) initializer = initializer_call(*command_->functions.initializer, registry_);
    const RunOptions run_options = options(initializer ? &*initializer : nullptr, observers.events());
    log_start(log_, run_options);
    Listener& listener = results_ ? *results_ : *output_;
    try {
      RunReport report = run(run_options, registry_, *source_, listener, out_, err_);
      first_failure_ = observers.first_failure();
      part_failed_ =
          std::ranges::any_of(observers.events().parts(), [](const RunPart* part) { return part->failed(); });
      return report;
    } catch (const std::exception& e) {
      if (journal_) journal_->end_failed(e.what());
      throw std::runtime_error(
          sys::text_with_advice(e));  // also of a journal: that is no matter of the command line any more
    }
  }

  int tell_end(const RunReport& report) {
    if (report.bad_input) err_.write_line(message_line(report.bad_input->message));
    for (const auto& text : {early_end(report, *command_), unknown_rest(report, *command_), unwritten(report)}) {
      if (text) err_.write_line(message_line(*text));
    }
    if (const auto text = journal_ ? reused_tasks(journal_->changes(), command_->journal->once) : std::nullopt;
        text && !command_->output.quiet)
      err_.write_line(message_line(*text));
    const bool recorded = !journal_ || close_journal(*journal_, err_, report);
    if (report.unwritten == 0) {
      err_.flush();
    } else {  // the same reader may be slow here too
      err_.push();
      static_cast<void>(err_.give_up_rest());
    }
    if (log_.wants(LogLevel::info))
      log_.write(LogLevel::info, "{}", in_brief(report, command_->run, SteadyClock::now() - started_));
    const int status = recorded && !part_failed_ ? exit_status_of(report, *command_, first_failure_) : prun_failed;
    const EndCommandsResult end = run_end_commands(command_->at_end, report, status);
    if (end.problem) {
      err_.write_line(message_line(*end.problem));
      err_.flush();
    }
    if (slurm_) slurm_->finish(status, err_);
    return end.status;
  }

  const RunTasks* command_;
  std::optional<int> first_failure_;  ///< the exit status of the task that failed first
  bool part_failed_ = false;          ///< what an observer had to write is not whole
  SteadyClock::time_point started_ = SteadyClock::now();
  std::optional<SlurmRun> slurm_ = SlurmRun::of(*command_);
  jobserver::Joined jobserver_;
  Log log_;
  command::CommandSurroundings surroundings_;
  Registry registry_;
  std::unique_ptr<command::TemplateCommand> given_;  ///< the command that the command line names
  std::vector<std::string> columns_;                 ///< names of the inputs (--header)
  std::optional<command::Tag> tag_;                  ///< of lines of output
  OutputBuffer err_{STDERR_FILENO, "standard error", OutputBuffer::SlowReader::lets_wait};
  std::vector<report::ReportFile> reports_;
  std::vector<trace::TraceFile> traces_;
  std::optional<journal::Journal> journal_;
  std::unique_ptr<TaskSource> source_;
  std::unique_ptr<order::TaskCosts> costs_;  ///< for --order longest-first
  OutputBuffer out_{STDOUT_FILENO, "standard output", OutputBuffer::SlowReader::lets_wait};
  std::unique_ptr<Listener> output_;
  std::unique_ptr<Listener> results_;      ///< saves outputs, and passes events on
  std::unique_ptr<cluster::Nodes> nodes_;  ///< null: only this machine runs tasks
  std::unique_ptr<JobsFile> jobs_;         ///< null: the number of workers does not change
};

}  // namespace

int run_tasks(const RunTasks& command) {
  refuse_shared_files(command.files);
  if (command.cluster.needs_allocation) run_in_allocation(command);
  return AssembledRun(command)();
}

}  // namespace prun::app
