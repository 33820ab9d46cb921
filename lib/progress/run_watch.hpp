// Watches a run: reads its view from time to time, and keeps the data for the estimate. It draws nothing.
#pragma once

#include "event/run_part.hpp"
#include "progress/estimate.hpp"
#include "progress/snapshot.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace prun {

class RunWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  /// @param view must outlive it @param total number of tasks, if the input does not determine it
  RunWatch(const RunView& view, std::optional<std::uint64_t> total, Now now = Clock::now)
      : view_(&view), given_total_(total), now_(std::move(now)) {}

  void on(const CallMeasured& call);
  void on(const OutcomeRecalled& recalled);

  /// @param most_calls number of longest-running calls to describe @param details include their memory and output
  [[nodiscard]] Snapshot look(Clock::time_point now, std::size_t most_calls, bool details);

 private:
  struct Seen {
    std::optional<std::uint64_t> index;
    Clock::time_point since{};
  };

  [[nodiscard]] std::chrono::nanoseconds age_of(const RunView::Worker& worker, Clock::time_point now);
  void add_calls(Snapshot& snapshot, const std::vector<RunView::Worker>& workers, Clock::time_point now,
                 std::size_t most_calls, bool details);
  [[nodiscard]] std::optional<Estimate::Left> time_left(const Snapshot& snapshot, Clock::time_point now);

  const RunView* view_;
  std::optional<std::uint64_t> given_total_;
  Now now_;
  Estimate estimate_;
  std::uint64_t ended_before_ = 0;  ///< the last measured call
  std::vector<Seen> seen_;          ///< by the place of the worker
  std::vector<Underway> underway_;
  std::optional<Estimate::Left> left_;
  Clock::time_point left_at_{};
  Clock::time_point next_estimate_{};
};

}  // namespace prun
