// See xargs_command.hpp.
#include "xargs/xargs_command.hpp"

#include "exit_status.hpp"
#include "xargs/xargs_gate.hpp"
#include "xargs/xargs_jobs.hpp"

#include "command/command_function.hpp"
#include "command/command_words.hpp"
#include "event/event_stream.hpp"
#include "event/printable.hpp"
#include "function/registry.hpp"
#include "output/output_buffer.hpp"
#include "output/raw_output.hpp"
#include "run/run.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <utility>

namespace prun::app {
namespace {

constexpr int xargs_failed = 1;

/// What xargs needs of a run. The members are in the order in which they are made.
class XargsRun {
 public:
  explicit XargsRun(const RunXargs& xargs) : xargs_(&xargs) { err_.join(out_); }

  int operator()() {
    auto bytes = xargs_->arg_file ? FileBytes::open(*xargs_->arg_file) : FileBytes::borrow(STDIN_FILENO);
    if (!bytes) {
      err_.write_line(message_line(fmt::format("xargs: {} cannot be read: {}", input_name(), bytes.error())));
      err_.flush();
      return xargs_failed;
    }
    surround();
    command::TemplateCommand function(command::join_words(xargs_->command),
                                      command::CommandTemplate::of_plain_words(xargs_->command, xargs_->replaced),
                                      surroundings_, false);
    XargsTasks tasks(input_name(), std::make_unique<FileBytes>(std::move(*bytes)), xargs_->tasks, function);
    XargsJobs jobs(xargs_->jobs);
    XargsGate gate(tasks, jobs, xargs_->command.front(), err_);
    return status_of(run_tasks(gate, jobs), gate);
  }

 private:
  [[nodiscard]] std::string input_name() const { return xargs_->arg_file.value_or("<stdin>"); }

  // One command at a time writes where it wants to, as under xargs. Of several the outputs are kept apart.
  void surround() {
    surroundings_.streams = xargs_->jobs == 1 ? command::Streams::passed : command::Streams::captured;
    surroundings_.trace = xargs_->trace;
    surroundings_.stopping.own_process = true;
    surroundings_.stopping.ending = std::make_unique<command::RunEnding>();
    if (!xargs_->arg_file) return;
    commands_input_.reset(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    surroundings_.standard_input = commands_input_.get();
  }

  RunReport run_tasks(XargsGate& gate, XargsJobs& jobs) {
    EventStream events;
    events.add(gate);
    events.add(jobs);
    RunOptions options;
    options.worker_count = &jobs;
    options.mode = Mode::imap_unordered;
    options.workers = xargs_->jobs;
    options.spilled = &surroundings_.spilled;
    options.ending = surroundings_.stopping.ending.get();
    options.events = &events;
    OutputOptions printing;
    printing.quiet = true;
    RawOutput output(printing, out_, err_, &surroundings_.spilled);
    Registry registry;
    return run(options, registry, gate, output, out_, err_);
  }

  int status_of(const RunReport& report, const XargsGate& gate) {
    if (report.bad_input) err_.write_line(message_line(report.bad_input->message));
    err_.flush();
    if (report.interrupted_by_signal != 0) return interrupted_by(report.interrupted_by_signal);
    return report.bad_input ? xargs_failed : gate.status();
  }

  const RunXargs* xargs_;
  sys::Fd commands_input_;  ///< with -a, commands may read prun's standard input
  command::CommandSurroundings surroundings_;
  OutputBuffer err_{STDERR_FILENO, "standard error", OutputBuffer::SlowReader::lets_wait};
  OutputBuffer out_{STDOUT_FILENO, "standard output", OutputBuffer::SlowReader::lets_wait};
};

}  // namespace

int run_xargs(const RunXargs& xargs) { return XargsRun(xargs)(); }

}  // namespace prun::app
