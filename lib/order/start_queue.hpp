// The tasks of a run in the order in which they start, if that is not the order of the input. Pure: it is told indexes and costs,
// and knows no task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace prun::order {

enum class StartOrder : std::uint8_t {
  of_input,
  longest_first,  ///< unknown costs first, because any of them may be the longest
  shuffled,
};

/// All tasks are added, then arranged once, then taken.
class StartQueue {
 public:
  void add(std::uint64_t index, std::optional<double> cost);
  /// @param seed of `shuffled`: equal seeds give equal orders on every machine
  void arrange(StartOrder order, std::uint64_t seed);

  [[nodiscard]] bool empty() const noexcept { return taken_ == tasks_.size(); }
  /// The task to start next. There must be one.
  [[nodiscard]] std::uint64_t next() const noexcept { return tasks_[taken_].index; }
  std::uint64_t take() noexcept { return tasks_[taken_++].index; }
  /// Takes all, in ascending order.
  [[nodiscard]] std::vector<std::uint64_t> take_rest();

 private:
  struct Entry {
    std::uint64_t index;
    double cost;
  };
  std::vector<Entry> tasks_;
  std::size_t taken_ = 0;
};

}  // namespace prun::order
