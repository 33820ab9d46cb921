#include "serving/serving_process.hpp"

#include "command/stop_failure.hpp"
#include "sys/child_signal.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace prun::serving {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr std::chrono::seconds parting{1};  // time for a process to exit, or to die after it has closed its output

using Clock = command::StopSequence::Clock;

std::optional<Clock::time_point> earlier(const std::optional<Clock::time_point>& a,
                                         const std::optional<Clock::time_point>& b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

/// For poll(2); negative: no limit.
int milliseconds_until(const std::optional<Clock::time_point>& time) {
  if (!time) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*time - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

}  // namespace

ServingProcess::Pipe::Pipe() {
  std::array<int, 2> ends{};
  sys::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
  read = sys::Fd(ends[0]);
  write = sys::Fd(ends[1]);
}

ServingProcess::ServingProcess(const ServedCommand& command) : text_(command.text), stopping_(command.stopping) {
  command::Program program{command::find_program(command.words.front()), command.words};
  program.in = in_.read.get();
  program.out = out_.write.get();
  program.own_group = stopping_ != nullptr;
  child_.emplace(program);
  in_.read.reset();
  out_.write.reset();
  ::fcntl(in_.write.get(), F_SETFL, O_NONBLOCK);
}

ServingProcess::~ServingProcess() {
  in_.write.reset();
  out_.read.reset();
  static_cast<void>(child_->ends_within(parting));
}

std::string_view ServingProcess::exchange(std::string_view line, std::optional<std::chrono::milliseconds> patience) {
  received_.erase(0, taken_);
  taken_ = 0;
  if (received_.empty() && received_.capacity() > 16 * read_bytes) received_.shrink_to_fit();
  searched_ = 0;
  unsent_ = line;
  Limits limits;
  if (patience) limits.patience = Clock::now() + *patience;
  std::optional<RunningChild> known;
  if (stopping_ != nullptr) {
    if (const auto limit = stopping_->limit()) limits.time_out = Clock::now() + *limit;
    known.emplace(child_->pid());
  }
  for (;;) {
    if (unsent_.empty()) {
      if (const auto end = line_end()) {
        taken_ = *end + 1;
        return std::string_view(received_).substr(0, *end);
      }
    }
    wait_for_more(limits);
  }
}

void ServingProcess::wait_for_more(const Limits& limits) {
  using Reason = command::StopSequence::Reason;
  const sys::ChildSignal& news = sys::ChildSignal::of_this_thread();
  const command::RunEnding* const ending = stopping_ != nullptr ? stopping_->ending.get() : nullptr;
  std::array<pollfd, 4> waits{pollfd{out_.read.get(), POLLIN, 0},
                              pollfd{unsent_.empty() ? -1 : in_.write.get(), POLLOUT, 0}, pollfd{news.fd(), POLLIN, 0},
                              pollfd{ending != nullptr ? ending->fd() : -1, POLLIN, 0}};
  sys::retry_interrupted([&] {
    return ::poll(waits.data(), waits.size(), milliseconds_until(earlier(limits.patience, limits.time_out)));
  });
  const auto over = [now = Clock::now()](const auto& limit) { return limit && now >= *limit; };
  if (waits[1].revents != 0) write_some();
  if (waits[0].revents != 0) return read_some() ? void() : throw_end();
  if (waits[2].revents != 0) {
    news.clear();
    const command::ChildProcess::News of_child = child_->news();
    // Children of the program may hold its output open. So the end of the program counts, not only the end of its output.
    if (of_child.ended) throw_end();
    const int stopped_by = of_child.stopped_by;
    if (stopping_ != nullptr && (stopped_by == SIGTTIN || stopped_by == SIGTTOU)) stop(Reason::terminal);
  }
  if (waits[3].revents != 0) stop(Reason::run_ended);
  if (over(limits.time_out)) stop(Reason::timeout);
  if (!over(limits.patience)) return;
  throw TaskError(failure(FailureKind::timeout, "prun::TimeoutError", "has not answered in time"));
}

void ServingProcess::stop(command::StopSequence::Reason reason) {
  command::StopSequence sequence(*stopping_, child_->pid());
  const bool by_key = stopping_->ending && stopping_->ending->reason() == command::RunEnding::Reason::interrupt;
  sequence.begin(reason, reason == command::StopSequence::Reason::run_ended && by_key ? SIGINT : SIGTERM);
  const sys::ChildSignal& news = sys::ChildSignal::of_this_thread();
  for (;;) {
    news.clear();
    if (child_->news().ended && sequence.others_are_gone()) break;
    const bool may_be_hurried = stopping_->ending && !sequence.killed();
    std::array<pollfd, 2> waits{pollfd{news.fd(), POLLIN, 0},
                                pollfd{may_be_hurried ? stopping_->ending->hurry_fd() : -1, POLLIN, 0}};
    sys::retry_interrupted([&] { return ::poll(waits.data(), waits.size(), milliseconds_until(sequence.next())); });
    if (waits[1].revents != 0) sequence.hurry();
    sequence.advance();
  }
  Failure failure = command::failure_of(sequence, *stopping_);
  failure.pid = child_->pid();
  throw TaskError(failure);
}

void ServingProcess::write_some() {
  const ssize_t wrote = ::write(in_.write.get(), unsent_.data(), unsent_.size());
  if (wrote >= 0) return unsent_.remove_prefix(static_cast<std::size_t>(wrote));
  // A program that does not read any more may still have answered, or it is dead.
  if (errno != EAGAIN && errno != EINTR) unsent_ = {};
}

bool ServingProcess::read_some() {
  const std::size_t before = received_.size();
  received_.resize(before + read_bytes);
  const ssize_t got =
      sys::retry_interrupted([&] { return ::read(out_.read.get(), received_.data() + before, read_bytes); });
  received_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
  return got > 0;
}

std::optional<std::size_t> ServingProcess::line_end() {
  const std::size_t end = received_.find('\n', searched_);
  searched_ = received_.size();
  return end == std::string::npos ? std::nullopt : std::optional(end);
}

Failure ServingProcess::failure(FailureKind kind, const char* type, std::string_view what) const {
  Failure failure;
  failure.kind = kind;
  failure.type = type;
  failure.pid = child_->pid();
  failure.message = fmt::format("process {} ({}) {}", failure.pid, text_, what);
  return failure;
}

void ServingProcess::throw_end() {
  if (!child_->ends_within(parting)) {
    throw TaskError(failure(FailureKind::bad_result, "prun::SerializationError", "closed its standard output"));
  }
  Failure lost = failure(FailureKind::lost_exit, "prun::WorkerLostError", "");
  const int status = child_->wait().status;
  if (WIFSIGNALED(status)) {
    lost.kind = FailureKind::lost_signal;
    lost.signal = WTERMSIG(status);
    lost.message += "was killed by " + sys::signal_text(lost.signal);
  } else {
    lost.exit_status = WEXITSTATUS(status);
    lost.message += fmt::format("exited with status {} in the middle of the call", lost.exit_status);
  }
  throw TaskError(lost);
}

}  // namespace prun::serving
