// Tasks to be retried, ordered by due time. It does not wait itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace prun {

class RetryQueue {
 public:
  using Clock = std::chrono::steady_clock;
  struct Retry {
    std::uint64_t index;
    std::uint32_t attempt;  ///< number of the coming attempt
    bool alone = false;     ///< run it while no other task runs
  };

  void add(Clock::time_point due, Retry retry) { retries_.emplace(due, retry); }
  [[nodiscard]] bool empty() const noexcept { return retries_.empty(); }
  /// Returns true if a task can be handed out now.
  [[nodiscard]] bool due() const { return !retries_.empty() && retries_.begin()->first <= Clock::now(); }
  [[nodiscard]] std::optional<Clock::time_point> next() const {
    return retries_.empty() ? std::nullopt : std::optional(retries_.begin()->first);
  }
  /// The task that is due first. The queue must not be empty.
  [[nodiscard]] const Retry& first() const { return retries_.begin()->second; }
  Retry take() { return retries_.extract(retries_.begin()).mapped(); }

 private:
  std::multimap<Clock::time_point, Retry> retries_;
};

}  // namespace prun
