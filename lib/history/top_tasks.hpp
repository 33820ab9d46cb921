// The top tasks by an amount: the slowest tasks, or those with the largest results.
#pragma once

#include <prun/outcome.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::history {

struct TopTask {
  std::uint64_t amount = 0;  ///< the amount that the tasks are ordered by
  std::uint64_t index = 0;
  std::string call;
  std::uint32_t attempt = 1;
  std::uint32_t worker = 0;
  std::int64_t started = 0;   ///< nanoseconds from the start of the run
  std::int64_t duration = 0;  ///< nanoseconds
  std::uint64_t result_bytes = 0;
  std::optional<FailureKind> failure;
  std::optional<Usage> usage;
};

class TopTasks {
 public:
  explicit TopTasks(std::size_t most) : most_(most) {}

  /// Returns true if a task with that amount belongs to the list. Then `add` it. Otherwise the cost is one comparison.
  [[nodiscard]] bool wants(std::uint64_t amount) const noexcept { return amount >= least_; }

  void add(TopTask task) {
    heap_.push_back(std::move(task));
    std::push_heap(heap_.begin(), heap_.end(), more);
    if (heap_.size() > most_) {
      std::pop_heap(heap_.begin(), heap_.end(), more);
      heap_.pop_back();
    }
    if (heap_.size() == most_) least_ = heap_.front().amount + 1;
  }

  /// The tasks, the largest amount first.
  [[nodiscard]] std::vector<TopTask> sorted() const {
    std::vector<TopTask> sorted = heap_;
    std::sort(sorted.begin(), sorted.end(), more);
    return sorted;
  }

 private:
  static bool more(const TopTask& a, const TopTask& b) noexcept {
    return a.amount != b.amount ? a.amount > b.amount : a.index < b.index;
  }

  std::size_t most_;
  std::uint64_t least_ = 1;
  std::vector<TopTask> heap_;  ///< a heap with the least amount at the front
};

}  // namespace prun::history
