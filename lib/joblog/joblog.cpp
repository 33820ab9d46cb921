#include "joblog/joblog.hpp"

#include "command/command_function.hpp"
#include "command/command_result.hpp"
#include "function/function.hpp"
#include "sys/error.hpp"
#include "sys/whole_file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <variant>

namespace prun {
namespace {

double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

/// Of a time of CLOCK_MONOTONIC, since 1970.
double time_of_day(std::int64_t monotonic_ns) {
  timespec monotonic{};
  timespec real{};
  ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
  ::clock_gettime(CLOCK_REALTIME, &real);
  const double age = static_cast<double>(monotonic.tv_sec) + seconds(monotonic.tv_nsec) - seconds(monotonic_ns);
  return static_cast<double>(real.tv_sec) + seconds(real.tv_nsec) - age;
}

std::uint64_t size_of(const command::CommandResult::Output& output) {
  return output.file ? output.file->size : output.bytes.size();
}

/// What the command wrote to standard output.
std::uint64_t bytes_received(const AttemptEnded& attempt) {
  if (!attempt.function.is_command()) return 0;
  const std::string_view result =
      attempt.failure != nullptr ? std::string_view(attempt.failure->detail) : attempt.value;
  return size_of(command::outputs_of(result).out);
}

/// Of a task that has no exit status, such as one that ran too long: -1, as GNU parallel has it.
int exit_value_of(const Failure* failure) {
  if (failure == nullptr) return 0;
  switch (failure->kind) {
    case FailureKind::exit:
    case FailureKind::lost_exit: return failure->exit_status;
    case FailureKind::signal:
    case FailureKind::lost_signal: return 0;
    case FailureKind::exception: return 1;
    default: return -1;
  }
}

/// Of a task that ran too long: that which asked it to end, as GNU parallel has it.
int signal_of(const Failure* failure) {
  if (failure == nullptr) return 0;
  return failure->kind == FailureKind::timeout && failure->signal == 0 ? SIGTERM : failure->signal;
}

}  // namespace

JobLog::JobLog(const std::string& path, bool appends)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  const std::string what = "cannot write the job log " + path;
  if (!file_) sys::throw_errno(what);
  sys::refuse_database(file_.get(), what);
  struct stat file {};
  if (appends && ::fstat(file_.get(), &file) == 0 && file.st_size > 0) return;
  static_cast<void>(::ftruncate(file_.get(), 0));  // fails for what has no length, such as a pipe
  write("Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n");
}

void JobLog::on_event(const RunEvent& event) {
  if (const auto* task = std::get_if<TaskRead>(&event)) return on(*task);
  if (const auto* recalled = std::get_if<OutcomeRecalled>(&event)) sent_.erase(recalled->index);
  if (const auto* attempt = std::get_if<AttemptEnded>(&event); attempt != nullptr && attempt->final) on(*attempt);
}

void JobLog::on(const TaskRead& read) {
  const auto* command = dynamic_cast<const command::CommandFunction*>(read.task.function);
  const std::uint64_t size = command != nullptr ? command->input_size(read.task.args, read.task.kwargs) : 0;
  if (size != 0) sent_.emplace(read.index, size);
}

void JobLog::on(const AttemptEnded& attempt) {
  const auto sent = sent_.extract(attempt.index);
  const double started = attempt.info.started_ns == 0 ? 0 : time_of_day(attempt.info.started_ns);
  const std::string_view host = attempt.info.host == 0 ? ":" : attempt.host;  // this machine is ":", as in GNU parallel
  write(fmt::format("{}\t{}\t{:.3f}\t{:10.3f}\t{}\t{}\t{}\t{}\t{}\n", attempt.index + 1, host, started,
                    seconds(attempt.info.duration_ns), sent ? sent.mapped() : 0, bytes_received(attempt),
                    exit_value_of(attempt.failure), signal_of(attempt.failure), attempt.texts.call_of(attempt.index)));
}

// In one call: what reads the file while the run goes on sees whole lines.
void JobLog::write(std::string_view line) const {
  while (!line.empty()) {
    const auto written = sys::retry_interrupted([&] { return ::write(file_.get(), line.data(), line.size()); });
    if (written < 0) sys::throw_errno("cannot write the job log " + path_);
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace prun
