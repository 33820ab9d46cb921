// See task_log.hpp.
#include "task_log.hpp"

#include "event/describe.hpp"

#include <chrono>
#include <variant>

namespace prun::app {

Wants TaskLog::wants() const noexcept {
  if (!log_->wants(LogLevel::warn)) return Wants::nothing;
  return log_->wants(LogLevel::debug) ? Wants::outcomes | Wants::workers | Wants::times : Wants::failures;
}

void TaskLog::on_event(const RunEvent& event) {
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) return on(*attempt);
  if (const auto* started = std::get_if<WorkerStarted>(&event)) {
    log_->write(LogLevel::debug, "worker {} started", started->pid);
  } else if (const auto* ended = std::get_if<WorkerEnded>(&event)) {
    log_->write(LogLevel::debug, "worker {} ended", ended->pid);
  }
}

void TaskLog::on(const AttemptEnded& attempt) {
  if (attempt.failure != nullptr) {
    log_->write_to_file(LogLevel::warn,
                        fmt::format("task {}, {}: {}{}", attempt.index, attempt.texts.call_of(attempt.index),
                                    describe(*attempt.failure, attempt.info.attempt, attempt.host),
                                    attempt.final ? "" : "; the task is not done"));
  } else if (log_->wants(LogLevel::debug)) {
    const double seconds = std::chrono::duration<double>(std::chrono::nanoseconds(attempt.info.duration_ns)).count();
    log_->write(LogLevel::debug, "task {}, {}: succeeded after {:.6f} s in worker {}{}{}, attempt {}", attempt.index,
                attempt.texts.call_of(attempt.index), seconds, attempt.info.worker, attempt.host.empty() ? "" : " of ",
                attempt.host, attempt.info.attempt);
  }
}

}  // namespace prun::app
