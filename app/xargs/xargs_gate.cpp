// See xargs_gate.hpp.
#include "xargs/xargs_gate.hpp"

#include "event/printable.hpp"
#include "sys/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace prun::app {

XargsGate::XargsGate(TaskSource& source, XargsJobs& jobs, std::string program, OutputBuffer& err)
    : source_(&source), jobs_(&jobs), program_(std::move(program)), err_(&err) {}

Pull XargsGate::next(Task& task) {
  waits_for_end_ = false;
  if (stopped_) return Pull::end;
  if (running_ >= jobs_->workers()) {
    jobs_->note_changes();  // before the number is read again
    waits_for_end_ = running_ >= jobs_->workers();
    if (waits_for_end_) return Pull::blocked;
  }
  const Pull pull = source_->next(task);
  if (pull == Pull::task) ++running_;
  return pull;
}

void XargsGate::on_event(const RunEvent& event) {
  const auto* attempt = std::get_if<AttemptEnded>(&event);
  if (attempt == nullptr || !attempt->final) return;
  --running_;
  if (attempt->failure != nullptr) take_failure(*attempt->failure);
  jobs_->wake();
}

void XargsGate::take_failure(const Failure& failure) {
  if (failure.kind == FailureKind::signal)
    return stop(125, fmt::format("terminated by {}", sys::signal_text(failure.signal)));
  if (failure.kind != FailureKind::exit) return stop(1, failure.message);
  const bool never_ran = failure.detail.empty();
  if (never_ran) return stop(failure.exit_status, failure.message);
  if (failure.exit_status == 255) return stop(124, "exited with status 255");
  status_ = std::max(status_, 123);
}

void XargsGate::stop(int status, const std::string& why) {
  if (stopped_) return;
  stopped_ = true;
  status_ = status;
  err_->write_line(message_line(fmt::format("xargs: {}: {}; no more commands are run", program_, why)));
}

}  // namespace prun::app
