// A source of tasks. It returns one task at a time and keeps as little of its input as possible, so endless input needs
// constant memory. It never blocks: if its file has no bytes yet, it says so.
#pragma once

#include "task/range.hpp"
#include "task/task.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun {

/// What is wrong with the input, where, and the right form; ready to print: `tasks.json:3:14: ...` with an excerpt.
struct InputError {
  std::string message;
};

enum class Pull : std::uint8_t {
  task,     ///< `task` was set
  blocked,  ///< nothing yet: wait until `wait_fd()` is readable
  end,      ///< no more tasks
  bad,  ///< this entry is bad (see `error()`); the next call continues after it if possible, otherwise it returns end
};

class TaskSource {
 public:
  TaskSource() = default;
  TaskSource(const TaskSource&) = delete;
  TaskSource& operator=(const TaskSource&) = delete;
  virtual ~TaskSource() = default;

  /// Overwrites the whole `task` (and reuses the capacity of its strings). The task is bound to its function's signature.
  virtual Pull next(Task& task) = 0;

  /// The next tasks, if they are calls of one function with consecutive elements of an integer progression as the only
  /// argument: takes up to `max` of them. Absent if the next task is of another kind.
  struct RangeOfTasks {
    const Function* function;
    IntRange range;
  };
  virtual std::optional<RangeOfTasks> next_range(std::uint64_t max) {
    (void)max;
    return std::nullopt;
  }

  /// The number of remaining tasks if it is known without reading the input.
  [[nodiscard]] virtual std::optional<std::uint64_t> remaining() const { return std::nullopt; }

  /// After Pull::bad.
  [[nodiscard]] virtual const InputError& error() const = 0;

  /// The descriptor to poll after Pull::blocked; -1 if the source never blocks.
  [[nodiscard]] virtual int wait_fd() const { return -1; }
};

}  // namespace prun
