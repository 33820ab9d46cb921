// Tasks to be tried again, by when they are due. Does no waiting.
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
    std::uint32_t attempt;  ///< which it will be
    bool alone = false;     ///< with nothing beside it
  };

  void add(Clock::time_point due, Retry retry) { retries_.emplace(due, retry); }
  [[nodiscard]] bool empty() const noexcept { return retries_.empty(); }
  /// There is one to be handed out now.
  [[nodiscard]] bool due() const { return !retries_.empty() && retries_.begin()->first <= Clock::now(); }
  [[nodiscard]] std::optional<Clock::time_point> next() const {
    return retries_.empty() ? std::nullopt : std::optional(retries_.begin()->first);
  }
  /// The one that is due first; there is one.
  [[nodiscard]] const Retry& first() const { return retries_.begin()->second; }
  Retry take() { return retries_.extract(retries_.begin()).mapped(); }

 private:
  std::multimap<Clock::time_point, Retry> retries_;
};

}  // namespace prun
