#include "run/outcome_order.hpp"

#include "cluster/nodes.hpp"
#include "command/command_result.hpp"
#include "function/function.hpp"
#include "wire/failure.hpp"

#include <chrono>

namespace prun {
namespace {

// How long the difference of two clocks is reused. If the time of day is set meanwhile, tasks show it a millisecond late.
constexpr std::int64_t between_looks_ns = 1'000'000;

}  // namespace

// Reads the clocks once for all short tasks that begin within a millisecond.
std::chrono::system_clock::time_point OutcomeOrder::time_of_day(std::int64_t monotonic_ns) {
  using std::chrono::nanoseconds, std::chrono::steady_clock, std::chrono::system_clock;
  if (monotonic_ns == 0) return {};
  if (monotonic_ns < clocks_read_ns_ || monotonic_ns - clocks_read_ns_ > between_looks_ns) {
    const nanoseconds now = steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
    clocks_read_ns_ = monotonic_ns;
    clock_difference_ = system_clock::now().time_since_epoch() - now;
  }
  return system_clock::time_point(
      std::chrono::duration_cast<system_clock::duration>(nanoseconds(monotonic_ns) + clock_difference_));
}

void OutcomeOrder::value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  if (!tells_now(index)) return hold(index, value, WaitingOutcomes::value, info, value);
  tell(index, value, nullptr, info);
  if (in_order()) tell_ready();
}

void OutcomeOrder::failure(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info) {
  if (tells_now(index)) {
    tell(index, {}, &failure, info);
    if (in_order()) tell_ready();
    return;
  }
  encoded_failure_.clear();
  wire::encode_failure(failure, encoded_failure_);
  hold(index, encoded_failure_, WaitingOutcomes::failure, info, failure.detail);
}

/// @param result the result that names a command's outputs
void OutcomeOrder::hold(std::uint64_t index, std::string_view bytes, WaitingOutcomes::What what,
                        const detail::AttemptInfo& info, std::string_view result) {
  file_bytes_ += file_bytes_of(index, result);
  waiting_.hold(index, bytes, what, info);
}

std::uint64_t OutcomeOrder::file_bytes_of(std::uint64_t index, std::string_view result) const {
  return tasks_->function_of(index).is_command() ? command::file_bytes_of(result) : 0;
}

void OutcomeOrder::skip(std::uint64_t first, std::uint64_t count) {
  if (!in_order()) return forget(first, count);
  not_run_.add(first, count);
  if (!all_at_once()) tell_ready();
}

void OutcomeOrder::tell_ready() {
  while (has_ready() && (!all_at_once() || has_room())) tell_next();
}

bool OutcomeOrder::tell_rest() {
  not_run_.clear();
  while (in_order() && next_ < intake_->next()) {
    if (!has_room()) return false;
    const std::uint64_t missing = waiting_.first().value_or(intake_->next()) - next_;
    missing != 0 ? forget(next_, missing) : tell_next();
  }
  return true;
}

void OutcomeOrder::tell_next() {
  if (not_run_.begins_at(next_)) return forget(next_, not_run_.take_first());
  const std::uint64_t index = next_;
  const WaitingOutcomes::Outcome outcome = waiting_.take(index);
  if (outcome.what() == WaitingOutcomes::value) {
    file_bytes_ -= file_bytes_of(index, outcome.bytes.view());
    tell(index, outcome.bytes.view(), nullptr, outcome.info);
  } else {
    const Failure failure = wire::decode_failure(outcome.bytes.view());
    file_bytes_ -= file_bytes_of(index, failure.detail);
    tell(index, {}, &failure, outcome.info);
  }
}

void OutcomeOrder::tell(std::uint64_t index, std::string_view value, const Failure* failure,
                        const detail::AttemptInfo& info) {
  ++(failure == nullptr ? succeeded_ : failed_);
  TaskEvent event;
  event.index = index;
  event.value = value;
  event.failure = failure;
  event.worker = info.worker;
  event.attempt = info.attempt;
  if (options_.measure) {
    event.started = time_of_day(info.started_ns);
    event.duration = std::chrono::nanoseconds(info.duration_ns);
    event.usage = info.usage;
  }
  if (options_.nodes != nullptr) event.host = options_.nodes->name_of(info.host);
  const Function& function = tasks_->describe(index, event);
  event.command = function.is_command();
  if (event.command && event.usage) {
    // The command's own usage, not its worker's. Unknown if the worker died.
    event.usage = command::usage_of(failure != nullptr ? std::string_view(failure->detail) : value);
  }
  std::string call;
  if (failure != nullptr) event.call = call = function.call_text(event.args, event.kwargs);
  listener_->on_task(event);
  if (event.command && options_.spilled != nullptr) {
    for (const auto& file : command::files_of(failure != nullptr ? std::string_view(failure->detail) : value)) {
      options_.spilled->give_back(file.token);
    }
  }
  forget(index, 1);
}

void OutcomeOrder::forget(std::uint64_t first, std::uint64_t count) {
  tasks_->forget(first, count, intake_->next());
  if (!in_order()) return;
  next_ += count;
  waiting_.pop_front(count);
}

}  // namespace prun
