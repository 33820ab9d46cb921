// The measured durations of a run's tasks, in the order of the input: what is replayed. Knows no chunk and no worker.
#pragma once

#include "history/history.hpp"

#include <cstdint>
#include <vector>

namespace prun::replay {

/// Tasks, or, of very many, bundles of tasks that stand behind each other in the input. Times are nanoseconds.
class Workload {
 public:
  static constexpr std::uint64_t most_items = 50'000;

  /// One item a task.
  explicit Workload(const std::vector<std::int64_t>& durations);
  /// The tasks that were measured. What a task took in several attempts counts together.
  explicit Workload(const history::History& history, std::uint64_t most = most_items);

  /// Tasks, and the items that they are in.
  [[nodiscard]] std::uint64_t tasks() const noexcept { return tasks_; }
  [[nodiscard]] std::size_t items() const noexcept { return sums_.size() - 1; }
  /// An item has so many tasks, the last perhaps fewer.
  [[nodiscard]] std::uint64_t bundle() const noexcept { return bundle_; }

  [[nodiscard]] std::int64_t total() const noexcept { return sums_.back(); }
  [[nodiscard]] std::int64_t longest() const noexcept { return longest_; }
  /// Of the items from `first` to `end`, which is not one of them.
  [[nodiscard]] std::int64_t duration(std::size_t first, std::size_t end) const noexcept {
    return sums_[end] - sums_[first];
  }

 private:
  std::vector<std::int64_t> sums_{0};  ///< of all items before
  std::uint64_t tasks_ = 0;
  std::uint64_t bundle_ = 1;
  std::int64_t longest_ = 0;  ///< of a task
};

}  // namespace prun::replay
