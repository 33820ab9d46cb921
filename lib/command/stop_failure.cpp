#include "command/stop_failure.hpp"

#include "sys/process.hpp"

#include <sys/wait.h>

#include <fmt/format.h>

#include <string>

namespace prun::command {
namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

const char* words_for(RunEnding::Reason reason) {
  switch (reason) {
    case RunEnding::Reason::interrupt:
    case RunEnding::Reason::terminate: return "the run was interrupted";
    case RunEnding::Reason::halt: return "the run was halted";
    case RunEnding::Reason::deadline: return "the run reached its deadline";
    case RunEnding::Reason::other:
    case RunEnding::Reason::none: break;
  }
  return "the run ended";
}

}  // namespace

Failure failure_of(int status) {
  Failure failure;
  failure.type = "prun::CommandError";
  if (WIFSIGNALED(status)) {
    failure.kind = FailureKind::signal;
    failure.signal = WTERMSIG(status);
    failure.message = "ended by " + sys::signal_text(failure.signal);
  } else {
    failure.kind = FailureKind::exit;
    failure.exit_status = WEXITSTATUS(status);
    failure.message = "exit status " + std::to_string(failure.exit_status);
  }
  return failure;
}

Failure out_of_memory() {
  Failure failure;
  failure.kind = FailureKind::out_of_memory;
  failure.type = "prun::OutOfMemoryError";
  failure.message = "exceeded its memory limit and was killed";
  return failure;
}

Failure interrupted(RunEnding::Reason reason, std::string_view how) {
  Failure failure;
  failure.kind = FailureKind::interrupted;
  failure.type = "prun::InterruptedError";
  failure.message = fmt::format("was {} because {}", how, words_for(reason));
  return failure;
}

Failure failure_of(const StopSequence& stop, const Stopping& stopping) {
  const char* const how = stop.killed() ? "killed" : "terminated";
  Failure failure;
  switch (stop.reason()) {
    case StopSequence::Reason::timeout:
      failure.kind = FailureKind::timeout;
      failure.type = "prun::TimeoutError";
      failure.message = fmt::format("ran longer than {:g} s and was {}",
                                    seconds(stopping.limit().value_or(std::chrono::nanoseconds(0))), how);
      break;
    case StopSequence::Reason::cpu_limit:
      failure.kind = FailureKind::cpu_limit;
      failure.type = "prun::CpuLimitError";
      failure.message = fmt::format("used more than {:g} s of CPU time and was {}", seconds(stopping.cpu_limit), how);
      break;
    case StopSequence::Reason::terminal:
      failure.kind = FailureKind::terminal;
      failure.type = "prun::TerminalError";
      failure.message = fmt::format("tried to use the terminal and was {}; use --tty to give it the terminal", how);
      break;
    case StopSequence::Reason::run_ended:
    case StopSequence::Reason::none:
      return interrupted(stopping.ending ? stopping.ending->reason() : RunEnding::Reason::none, how);
  }
  return failure;
}

}  // namespace prun::command
