#include "command/command_run.hpp"

#include "command/child_process.hpp"
#include "command/command_group.hpp"
#include "command/command_result.hpp"
#include "command/command_streams.hpp"
#include "command/cpu_watch.hpp"
#include "command/kept_shell.hpp"
#include "command/merged_environment.hpp"
#include "command/start_error.hpp"
#include "command/stop_failure.hpp"
#include "function/running_child.hpp"
#include "sys/child_signal.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <prun/detail/child_usage.hpp>
#include <prun/error.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

namespace prun::command {
namespace {

using Clock = StopSequence::Clock;

constexpr std::chrono::milliseconds limit_interval{100};
// An editor may first show a warning for 2 s.
constexpr std::chrono::seconds first_look_at_input{1};
constexpr std::chrono::seconds last_look_at_input{8};
constexpr unsigned rounds_to_end = 64;  // after the command's end; a background process may write for ever
constexpr std::chrono::milliseconds longest_answer{1000};  // of the master, to a signal that it may ignore

// The same exit statuses as a shell: 127 for a missing command, 126 for one that cannot be run.
[[noreturn]] void not_started(const std::system_error& error) {
  Failure failure = start_failure(error, "prun::CommandError");
  failure.kind = FailureKind::exit;
  failure.exit_status = error.code().value() == ENOENT ? 127 : 126;
  throw TaskError(failure);
}

/// With a time limit, a slow reader must not cost the command its time. Without one, nothing has to be kept for it.
std::uint64_t most_waiting(const CommandSurroundings& surroundings) {
  return surroundings.stopping.timeout || surroundings.stopping.found_timeout ? surroundings.most_waiting : 0;
}

/// A running command with everything that serves it.
class RunningCommand {
 public:
  /// @throws TaskError if it cannot be started
  RunningCommand(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                 const std::string& tag);

  /// Returns when it has ended and its outputs have been read: to their ends, or, if a background process holds them open,
  /// what was written by then. If it was stopped, all its processes have ended too.
  void serve_until_end();
  /// @throws TaskError if it did not succeed, with the result as its detail
  void take_result(std::string& value);

 private:
  void start(const CommandLine& line);
  [[nodiscard]] bool all_ended() const;
  [[nodiscard]] bool done() const;
  [[nodiscard]] int longest_wait() const;
  [[nodiscard]] std::optional<Clock::time_point> time_out() const;
  [[nodiscard]] int fd_of(const RunEnding& ending) const noexcept;
  void stop_where_due(bool run_ends);
  [[nodiscard]] bool interrupted_by_key() const;
  void look_at_child();
  void on_stop(int signal);
  [[nodiscard]] bool reads_standard_error() const;

  const CommandSurroundings* surroundings_;
  Clock::time_point started_ = Clock::now();
  KeptShell*
      kept_;  ///< runs it; null: it starts by itself. Before `stop_`, for which the shell is no part of the command
  StopSequence stop_;
  CpuWatch cpu_;
  InputFeed feed_;
  OutputStream out_;
  OutputStream err_;
  CommandGroup* group_ = CommandGroup::current();
  const sys::ChildSignal* child_signal_;
  std::unique_ptr<ChildProcess> child_;
  std::optional<RunningChild> known_;
  Clock::duration next_look_at_input_ = first_look_at_input;  ///< after the start
  bool ended_ = false;
  bool others_gone_ = false;
  unsigned rounds_after_end_ = 0;
};

RunningCommand::RunningCommand(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                               const std::string& tag) try
    : surroundings_(&surroundings),
      kept_(KeptShell::for_command(line, surroundings)),
      stop_(surroundings.stopping),
      cpu_(surroundings.stopping.cpu_limit),
      feed_({line.standard_input, surroundings.input_file.get(), line.input_place.offset, line.input_place.size},
            surroundings.terminal ? surroundings.terminal.fd() : surroundings.standard_input),
      out_(surroundings.streams, STDOUT_FILENO, tag, surroundings.output_locks.out.get(),
           {surroundings.turn.get(), index, STDOUT_FILENO, surroundings.terminal_drawn_on.get(),
            most_waiting(surroundings)}),
      err_(surroundings.streams, STDERR_FILENO, tag, surroundings.output_locks.err.get(),
           {nullptr, index, STDERR_FILENO, surroundings.terminal_drawn_on.get(), most_waiting(surroundings)}),
      child_signal_(&sys::ChildSignal::of_this_thread()) {
  start(line);
  stop_.watch(child_->pid());
  known_.emplace(child_->pid());
  feed_.child_has_it();
  out_.child_has_it();
  err_.child_has_it();
} catch (const std::system_error& error) {
  not_started(error);
}

void RunningCommand::start(const CommandLine& line) {
  if (group_ != nullptr) group_->begin();
  if (kept_ != nullptr) {
    const pid_t pid = kept_->start(line, {feed_.for_child(), out_.for_child(), err_.for_child()});
    if (pid > 0) {
      child_ = std::make_unique<ChildProcess>(pid);
      return;
    }
  }
  const auto& common = surroundings_->environment;
  const bool own_environment = !line.environment.empty() || !common.empty();
  std::vector<std::string> environment;
  if (own_environment) environment = merged_environment(line.environment, common);
  Program program{find_program(line.arguments.front()),
                  line.arguments,
                  own_environment ? &environment : nullptr,
                  line.directory ? &*line.directory : nullptr,
                  feed_.for_child(),
                  out_.for_child(),
                  err_.for_child()};
  program.own_group = true;
  program.terminal = surroundings_->terminal.fd();
  if (group_ != nullptr) program.control_group = group_->entrance();
  child_ = std::make_unique<ChildProcess>(program);
}

void RunningCommand::serve_until_end() {
  const RunEnding* const ending = surroundings_->stopping.ending.get();
  while (!done()) {
    if (ended_ || stop_.begun()) {
      out_.read_all();
      err_.read_all();
    }
    std::array<pollfd, 7> waits{pollfd{out_.fd(), POLLIN, 0},
                                pollfd{err_.fd(), POLLIN, 0},
                                pollfd{feed_.fd(), POLLOUT, 0},
                                pollfd{child_signal_->fd(), POLLIN, 0},
                                pollfd{ending != nullptr ? fd_of(*ending) : -1, POLLIN, 0},
                                out_.wait_for(),
                                err_.wait_for()};
    const bool asked = stop_.begun();
    const bool may_be_all = all_ended();
    const int ready = sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), longest_wait()); });
    if (waits[3].revents != 0) look_at_child();
    if (!ended_ || stop_.begun()) stop_where_due(waits[4].revents != 0 && asked == stop_.begun());
    out_.serve(waits[0].revents, waits[5].revents);
    err_.serve(waits[1].revents, waits[6].revents);
    feed_.serve(waits[2].revents);
    if (may_be_all && ready == 0) {  // of what is still in the pipes
      if (waits[0].fd >= 0) out_.close();
      if (waits[1].fd >= 0) err_.close();
    } else if (may_be_all && ++rounds_after_end_ % rounds_to_end == 0) {
      out_.end_here();
      err_.end_here();
    }
  }
}

bool RunningCommand::all_ended() const { return ended_ && (!stop_.begun() || others_gone_); }

bool RunningCommand::done() const {
  return all_ended() && !out_.open() && !err_.open() && !out_.has_lines() && !err_.has_lines();
}

int RunningCommand::longest_wait() const {
  if (all_ended() && (out_.accepts() || err_.accepts())) return 0;
  auto next = Clock::time_point::max();
  for (const OutputStream* stream : {&out_, &err_}) {
    if (const auto longest = stream->longest_wait()) next = std::min(next, Clock::now() + *longest);
  }
  const auto by = [&next](const std::optional<Clock::time_point>& time) {
    if (time) next = std::min(next, *time);
  };
  if (!stop_.begun()) {
    by(time_out());
    by(cpu_.next());
    if (next_look_at_input_ <= last_look_at_input) by(started_ + next_look_at_input_);
    // Nothing says that the limit is found, or has changed.
    if (surroundings_->stopping.found_timeout) next = std::min(next, Clock::now() + limit_interval);
  }
  by(stop_.next());
  if (next == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

std::optional<Clock::time_point> RunningCommand::time_out() const {
  const auto limit = surroundings_->stopping.limit();
  return limit ? std::optional(started_ + *limit) : std::nullopt;
}

/// What says that the run ends; behind that, what says that nobody waits for the end any more; -1: neither matters.
int RunningCommand::fd_of(const RunEnding& ending) const noexcept {
  if (stop_.begun()) return stop_.killed() ? -1 : ending.hurry_fd();
  return ended_ ? -1 : ending.fd();
}

void RunningCommand::stop_where_due(bool run_ends) {
  using Reason = StopSequence::Reason;
  if (run_ends && stop_.begun()) {
    stop_.hurry();
  } else if (run_ends) {
    const bool by_key = surroundings_->stopping.ending->reason() == RunEnding::Reason::interrupt;
    stop_.begin(Reason::run_ended, by_key ? SIGINT : SIGTERM);
  }
  if (const auto end = time_out(); end && Clock::now() >= *end) stop_.begin(Reason::timeout, SIGTERM);
  if (next_look_at_input_ <= last_look_at_input && Clock::now() >= started_ + next_look_at_input_) {
    next_look_at_input_ *= 2;
    if (!stop_.begun() && !surroundings_->terminal && reads_standard_error()) stop_.begin(Reason::terminal, SIGTERM);
  }
  if (!stop_.begun() && cpu_.reached()) stop_.begin(Reason::cpu_limit, SIGTERM);
  if (!stop_.begun()) return;
  others_gone_ = ended_ && stop_.others_are_gone();
  if (!others_gone_) stop_.advance();
}

void RunningCommand::look_at_child() {
  child_signal_->clear();
  const ChildProcess::News news = child_->news();
  ended_ = ended_ || news.ended;
  if (!ended_ && surroundings_->stopping.only_programs) reap_ended_orphans();
  if (news.stopped_by != 0) on_stop(news.stopped_by);
  const Terminal& terminal = surroundings_->terminal;
  if (news.continued && terminal && terminal.is_ours_or(child_->pid())) terminal.give_to(child_->pid());
}

// A background command that reads from the terminal, or changes it, is stopped by the system forever.
void RunningCommand::on_stop(int signal) {
  const Terminal& terminal = surroundings_->terminal;
  const bool wants_terminal = signal == SIGTTIN || signal == SIGTTOU;
  const bool ours = terminal && terminal.is_ours_or(child_->pid());
  if (wants_terminal && !terminal) {
    stop_.begin(StopSequence::Reason::terminal, SIGTERM);
  } else if (wants_terminal && ours) {
    terminal.give_to(child_->pid());
    ::kill(-child_->pid(), SIGCONT);
  } else if ((wants_terminal || signal == SIGTSTP) && terminal) {
    if (ours) terminal.take_back();
    terminal.tell_master(SIGTSTP);
  }
}

// An editor that finds no terminal on its standard input takes keys from its standard error. That is a pipe, so it waits forever.
bool RunningCommand::reads_standard_error() const {
  struct stat input {};
  struct stat error {};
  const std::string place = "/proc/" + std::to_string(child_->pid()) + "/fd/0";
  return ::fstat(err_.fd(), &error) == 0 && S_ISFIFO(error.st_mode) && ::stat(place.c_str(), &input) == 0 &&
         input.st_dev == error.st_dev && input.st_ino == error.st_ino;
}

std::chrono::microseconds duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Usage usage_of(const rusage& used) {
  return {duration_of(used.ru_utime), duration_of(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024,
          static_cast<std::uint64_t>(used.ru_minflt), static_cast<std::uint64_t>(used.ru_majflt)};
}

// The master's signal must come before this result. Otherwise it would start the next command.
bool RunningCommand::interrupted_by_key() const {
  surroundings_->terminal.tell_master(SIGINT);
  const RunEnding* const ending = surroundings_->stopping.ending.get();
  if (ending == nullptr) return false;
  pollfd begun{ending->fd(), POLLIN, 0};
  const int limit = static_cast<int>(longest_answer.count());
  return sys::retry_interrupted([&] { return ::poll(&begun, 1, limit); }) > 0;
}

void RunningCommand::take_result(std::string& value) {
  known_.reset();
  const ChildProcess::End end = child_->wait();
  bool by_key = false;
  if (surroundings_->terminal) {
    surroundings_->terminal.take_back();
    by_key = WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGINT && !stop_.begun() && interrupted_by_key();
  }
  const Usage used = usage_of(end.usage);
  detail::count_child(used);
  CommandResult result;
  result.status = end.status;
  result.out = out_.output(surroundings_->spilled);
  result.err = err_.output(surroundings_->spilled);
  result.wall = Clock::now() - started_;
  result.user = used.user;
  result.system = used.system;
  result.max_rss = used.max_rss;
  result.minor_faults = used.minor_faults;
  result.major_faults = used.major_faults;
  if (end.status == 0 && !stop_.begun()) return encode_result(result, value);
  const bool by_memory =
      WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL && group_ != nullptr && group_->killed();
  Failure failure = by_memory       ? out_of_memory()
                    : stop_.begun() ? failure_of(stop_, surroundings_->stopping)
                    : by_key        ? interrupted(surroundings_->stopping.ending->reason(), "terminated")
                                    : failure_of(end.status);
  encode_result(result, failure.detail);
  throw TaskError(failure);
}

}  // namespace

void run_command(const CommandLine& line, const CommandSurroundings& surroundings, std::uint64_t index,
                 const std::string& tag, std::string& value) {
  RunningCommand command(line, surroundings, index, tag);
  command.serve_until_end();
  command.take_result(value);
}

}  // namespace prun::command
