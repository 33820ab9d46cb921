#include "summary/summary.hpp"

#include "event/printable.hpp"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <variant>

namespace prun {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

microseconds cpu_time_of(int who) {
  rusage used{};
  if (::getrusage(who, &used) != 0) return microseconds(0);
  return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/// Of this process and its reaped descendants.
microseconds cpu_time() { return cpu_time_of(RUSAGE_SELF) + cpu_time_of(RUSAGE_CHILDREN); }

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Summary::Summary(unsigned workers, OutputBuffer& err) : workers_(workers), err_(&err), cpu_before_(cpu_time()) {}

void Summary::on_event(const RunEvent& event) {
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) return on(*attempt);
  if (const auto* end = std::get_if<RunEnded>(&event)) return on(*end);
  if (std::holds_alternative<RetryScheduled>(event)) ++retries_;
  if (std::holds_alternative<OutcomeRecalled>(event)) ++recalled_;
}

void Summary::on(const AttemptEnded& attempt) {
  ++attempts_;
  const nanoseconds duration(attempt.info.duration_ns);
  busy_ += duration;
  if (duration <= slowest_) return;
  slowest_ = duration;
  slowest_index_ = attempt.index;
  slowest_call_ = attempt.texts.call_of(attempt.index);
}

void Summary::on(const RunEnded& end) {
  const nanoseconds wall = Clock::now() - begun_;
  std::string text = fmt::format("summary: {} succeeded, {} failed", end.succeeded, end.failed);
  if (end.stopped > 0) text += fmt::format(", {} stopped", end.stopped);
  if (end.not_run > 0) text += fmt::format(", {} not run", end.not_run);
  if (retries_ > 0) text += fmt::format("; {} tried again", retries_);
  if (recalled_ > 0) text += fmt::format("; {} recorded by earlier runs", recalled_);
  err_->write_line(message_line(text));
  err_->write_line(message_line(
      fmt::format("summary: {:.3f} s wall time, {:.3f} s CPU time", seconds(wall), seconds(cpu_time() - cpu_before_))));
  if (attempts_ == 0) return;
  const auto workers = std::min<std::uint64_t>(workers_, attempts_);
  err_->write(
      message_line(fmt::format("summary: {} worker{}, busy {:.0f}% of the time", workers, workers == 1 ? "" : "s",
                               100 * seconds(busy_) / (seconds(wall) * static_cast<double>(workers)))));
  err_->write_line(message_line(
      fmt::format("summary: slowest task: {:.3f} s, task {}, {}", seconds(slowest_), slowest_index_, slowest_call_)));
}

}  // namespace prun
