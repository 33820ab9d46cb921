// What the tasks of a run are expected to cost, so that the longest can start first. The unit does not matter.
#pragma once

#include "task/task.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>

namespace prun::order {

class TaskCosts {
 public:
  /// Absent: not known.
  using Cost = std::optional<double>;

  TaskCosts() = default;
  TaskCosts(const TaskCosts&) = delete;
  TaskCosts& operator=(const TaskCosts&) = delete;
  virtual ~TaskCosts() = default;

  /// The error is a sentence for the user, without the number of the task.
  [[nodiscard]] virtual tl::expected<Cost, std::string> cost_of(const Task& task) = 0;
};

}  // namespace prun::order
