// Reports outcomes to a listener in the order of the mode: as they arrive, in input order as soon as all earlier ones are
// reported, or all at the end. Early outcomes wait.
#pragma once

#include "event/task_event.hpp"
#include "run/index_ranges.hpp"
#include "run/numbered_tasks.hpp"
#include "run/task_intake.hpp"
#include "run/waiting_outcomes.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace prun {

namespace cluster {
class Nodes;
}
namespace command {
class SpilledFiles;
}

class OutcomeOrder {
 public:
  enum class Order : std::uint8_t {
    as_completed,
    of_input,
    all_at_once,  ///< in input order, when `tell_ready` is called
  };

  struct Options {
    Order order = Order::of_input;
    bool keeps_infos = false;  ///< for waiting outcomes
    bool measure = false;  ///< the listener wants to know when each attempt began, how long it took and what it used
    const cluster::Nodes* nodes = nullptr;     ///< have the names of hosts; null: there is only this machine
    command::SpilledFiles* spilled = nullptr;  ///< stores large outputs that were not needed when reported
  };

  OutcomeOrder(Options options, NumberedTasks& tasks, const TaskIntake& intake, Listener& listener)
      : options_(options), tasks_(&tasks), intake_(&intake), listener_(&listener), waiting_(options.keeps_infos) {}

  void value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info);
  void failure(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info);
  /// The tasks were not run, and nothing is reported for them. The cost does not depend on their number.
  void skip(std::uint64_t first, std::uint64_t count);
  /// Reports the waiting outcomes that are next in order.
  void tell_ready();
  /// Reports all waiting outcomes, even if earlier ones are missing. Returns false if there was no room for all.
  bool tell_rest();
  /// If all are reported at the end, or the rest of them, stops reporting while `has_room` returns false.
  void tell_while(std::function<bool()> has_room) { has_room_ = std::move(has_room); }

  [[nodiscard]] bool in_order() const noexcept { return options_.order != Order::as_completed; }
  [[nodiscard]] bool all_at_once() const noexcept { return options_.order == Order::all_at_once; }
  /// In order: the task that is reported next.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  [[nodiscard]] std::uint64_t succeeded() const noexcept { return succeeded_; }
  [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
  /// The next task's outcome is available and can be reported.
  [[nodiscard]] bool has_ready() const noexcept {
    return in_order() && (waiting_.has(next_) || not_run_.begins_at(next_));
  }
  /// Size of waiting outcomes, in memory and in temporary files.
  [[nodiscard]] std::size_t bytes() const noexcept { return waiting_.bytes(); }
  [[nodiscard]] std::uint64_t file_bytes() const noexcept { return file_bytes_; }

 private:
  [[nodiscard]] bool tells_now(std::uint64_t index) const noexcept {
    return options_.order == Order::as_completed || (options_.order == Order::of_input && index == next_);
  }
  void tell(std::uint64_t index, std::string_view value, const Failure* failure, const detail::AttemptInfo& info);
  void tell_next();
  [[nodiscard]] bool has_room() const { return !has_room_ || has_room_(); }
  void hold(std::uint64_t index, std::string_view bytes, WaitingOutcomes::What what, const detail::AttemptInfo& info,
            std::string_view result);
  [[nodiscard]] std::uint64_t file_bytes_of(std::uint64_t index, std::string_view result) const;
  void forget(std::uint64_t first, std::uint64_t count);
  [[nodiscard]] std::chrono::system_clock::time_point time_of_day(std::int64_t monotonic_ns);

  Options options_;
  NumberedTasks* tasks_;
  const TaskIntake* intake_;
  Listener* listener_;
  WaitingOutcomes waiting_;
  IndexRanges not_run_;  ///< in order: tasks for which nothing will be reported
  std::uint64_t next_ = 0;
  std::uint64_t succeeded_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t file_bytes_ = 0;
  std::function<bool()> has_room_;
  std::string encoded_failure_;
  std::int64_t clocks_read_ns_ = 0;               ///< for tasks that began at that time
  std::chrono::nanoseconds clock_difference_{0};  ///< time of day minus CLOCK_MONOTONIC
};

}  // namespace prun
