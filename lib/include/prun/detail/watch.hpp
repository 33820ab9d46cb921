// Watches several futures at once, for wait() and as_completed().
#pragma once

#include <prun/detail/call_job.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace prun::detail {

/// Watches each future once, even if it was given twice. F is a future type: it has job().
template <class F>
class Watch {
 public:
  template <class Range>
  explicit Watch(const Range& futures) : observer_(std::make_shared<Observer>()) {
    for (const F& future : futures) {
      if (pending_.try_emplace(future.job().get(), Pending{future, pending_.size()}).second)
        future.job()->observe(observer_);
    }
    total_ = pending_.size();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    for (const auto& [job, pending] : pending_) pending.future.job()->forget(observer_);
  }

  [[nodiscard]] std::size_t left() const noexcept { return pending_.size(); }
  [[nodiscard]] std::size_t total() const noexcept { return total_; }
  /// The futures that next() has not returned, in the order given.
  [[nodiscard]] std::vector<F> pending() const {
    std::vector<const Pending*> sorted;
    for (const auto& [job, pending] : pending_) sorted.push_back(&pending);
    std::sort(sorted.begin(), sorted.end(), [](const Pending* a, const Pending* b) { return a->place < b->place; });
    std::vector<F> futures;
    for (const Pending* pending : sorted) futures.push_back(pending->future);
    return futures;
  }

  /// The futures that have ended since the last call, in that order. Waits for one. Empty at the deadline.
  std::vector<F> next(const Deadline& deadline) {
    std::vector<F> ended;
    for (const Job* job : in_callback() ? take_in_callback(deadline) : observer_->take(deadline)) {
      const auto at = pending_.find(job);
      ended.push_back(at->second.future);
      pending_.erase(at);
    }
    return ended;
  }

 private:
  struct Pending {
    F future;
    std::size_t place;
  };

  // A callback runs in the thread that otherwise serves the pools, so it must serve them itself.
  std::vector<const Job*> take_in_callback(const Deadline& deadline) {
    using std::chrono::steady_clock;
    constexpr std::chrono::milliseconds tick{1};
    for (;;) {
      const auto soon = steady_clock::now() + tick;
      const Deadline limit = deadline ? std::min(*deadline, soon) : soon;
      if (auto ended = observer_->take(limit); !ended.empty()) return ended;
      if (deadline && steady_clock::now() >= *deadline) return {};
      const PoolCore* last = nullptr;
      for (const auto& [job, pending] : pending_) {
        const auto core = pending.future.job()->core();
        if (!core || core.get() == std::exchange(last, core.get())) continue;
        auto lock = core->lock();
        core->wait(
            lock, [] { return false; }, steady_clock::now());
      }
    }
  }

  std::shared_ptr<Observer> observer_;
  std::unordered_map<const Job*, Pending> pending_;
  std::size_t total_ = 0;
};

}  // namespace prun::detail
