// See slurm_run.hpp.
#include "slurm_run.hpp"

#include "exit_status.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

#include "cluster/slurm_job.hpp"
#include "command/command_words.hpp"
#include "event/printable.hpp"
#include "sys/build_id.hpp"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace prun::app {
namespace {

/// The process that has the allocation. Its children inherit the variable, but they have another parent.
constexpr const char* salloc_variable = "PRUN_SALLOC";

std::vector<std::string> salloc_words(const RunTasks& command) {
  std::vector<std::string> words{"salloc", "--no-kill", "--kill-command=TERM"};
  if (command.cluster.nodes) words.insert(words.end(), {"-N", *command.cluster.nodes});
  const auto& given = command.cluster.slurm_options;
  words.insert(words.end(), given.begin(), given.end());
  return words;
}

}  // namespace

void run_in_allocation(const RunTasks& command) {
  std::vector<std::string> words = salloc_words(command);
  if (!command.output.quiet) complain(message_line("waiting for nodes from Slurm: " + command::join_words(words)));
  words.push_back(sys::own_path());
  words.insert(words.end(), command.given_line.begin() + 1, command.given_line.end());
  const std::string own = std::to_string(::getpid());
  if (::setenv(salloc_variable, own.c_str(), 1) != 0)  // NOLINT(concurrency-mt-unsafe): there is one thread
    throw std::system_error(errno, std::generic_category(), "cannot set the variable PRUN_SALLOC");
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  if (errno == ENOENT)
    throw UsageError(
        "--slurm: there is no program salloc on PATH, and prun does not run in a Slurm job; install the commands of "
        "Slurm, or use --hosts");
  throw std::runtime_error(fmt::format("cannot start salloc: {}; start salloc yourself, and run prun --slurm in it",
                                       std::generic_category().message(errno)));
}

std::optional<SlurmRun> SlurmRun::of(const RunTasks& command) {
  const char* const job = std::getenv("SLURM_JOB_ID");
  if (!command.cluster.slurm || job == nullptr) return std::nullopt;
  return SlurmRun(command, job);
}

SlurmRun::SlurmRun(const RunTasks& command, std::string job) : command_(&command), job_(std::move(job)) {
  const char* const salloc = std::getenv(salloc_variable);
  if (salloc == nullptr || salloc != std::to_string(::getppid())) return;
  salloc_ = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGHUP);  // salloc was killed: the run ends, and releases what salloc cannot release
  if (::getppid() != salloc_) ::raise(SIGHUP);
}

void SlurmRun::prepare(RunOptions& options) const {
  options.drain.by_term = options.drain.by_user_signal = true;
  const auto time_left = [job = job_, grace = options.grace] {
    const auto asked = std::chrono::system_clock::now();  // a slow Slurm takes from the time that is left
    const auto end = cluster::end_of_job(job);
    const auto left = cluster::time_for_tasks(end, cluster::kill_wait(), grace, asked);
    return std::optional(std::max<std::chrono::nanoseconds>(left - (std::chrono::system_clock::now() - asked), {}));
  };
  options.drain.time_left = time_left;
  if (!command_->cluster.slurm_deadline) return;
  const auto end = cluster::end_of_job(job_);
  if (!end) return;  // the job has no time limit
  options.deadline =
      cluster::time_for_tasks(end, std::chrono::seconds(0), options.grace, std::chrono::system_clock::now());
  options.only_what_fits = true;
}

void SlurmRun::finish(int status, OutputBuffer& err) const {
  const auto tell = [&err](const std::string& text) {
    err.write_line(message_line(text));
    err.flush();
  };
  if (status == try_again_later && command_->cluster.requeue) {
    tell(fmt::format("prun puts the Slurm job {} back into the queue; the run continues when the job starts again",
                     job_));
    if (const auto done = cluster::requeue_job(job_); !done)
      tell(
          fmt::format("prun cannot put the job back into the queue: {}; try: scontrol requeue {}", done.error(), job_));
  }
  if (salloc_ == 0 || ::getppid() == salloc_) return;
  if (const auto done = cluster::cancel_job(job_); !done)
    tell(fmt::format("prun cannot release the nodes: {}; try: scancel {}", done.error(), job_));
}

namespace {

/// Tasks that were never read count too.
bool has_tasks_left(const RunReport& report) {
  if (report.total) return *report.total > report.succeeded + report.failed;
  return report.not_run > 0 || !report.read_to_end;
}

}  // namespace

bool ended_by_job(const RunReport& report, const RunTasks& command) {
  if (!command.cluster.slurm) return false;
  if (report.late && has_tasks_left(report)) return true;
  if (report.deadline_over) return command.cluster.slurm_deadline;
  return report.interrupted_by_signal == SIGTERM || report.interrupted_by_signal == SIGUSR1;
}

}  // namespace prun::app
