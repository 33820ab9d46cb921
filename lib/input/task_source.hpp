// Where tasks come from. A source hands out one task at a time and never holds more of its input than it must, so that an
// endless input runs in constant memory. It never blocks: where its file has nothing yet, it says so.
#pragma once

#include "task/range.hpp"
#include "task/task.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun {

/// What was wrong with the input, where, and what would be right: ready to print, `tasks.json:3:14: ...` with an excerpt.
struct InputError {
  std::string message;
};

enum class Pull : std::uint8_t {
  task,     ///< the task was filled in
  blocked,  ///< nothing yet: wait until `wait_fd()` is readable
  end,      ///< no more
  bad,  ///< this entry is bad (see `error()`); the next call goes on behind it where that is possible, else says end
};

class TaskSource {
 public:
  TaskSource() = default;
  TaskSource(const TaskSource&) = delete;
  TaskSource& operator=(const TaskSource&) = delete;
  virtual ~TaskSource() = default;

  /// Overwrites `task` entirely (its strings' capacity is reused). The task has been bound to its function's signature.
  virtual Pull next(Task& task) = 0;

  /// The tasks that come next, if they are calls of one function with consecutive integers of a progression as the only
  /// argument: up to `max` of them, taken. Absent where the next task is of another kind.
  struct RangeOfTasks {
    const Function* function;
    IntRange range;
  };
  virtual std::optional<RangeOfTasks> next_range(std::uint64_t max) {
    (void)max;
    return std::nullopt;
  }

  /// The number of tasks still to come where that is known without reading the input.
  [[nodiscard]] virtual std::optional<std::uint64_t> remaining() const { return std::nullopt; }

  /// After Pull::bad.
  [[nodiscard]] virtual const InputError& error() const = 0;

  /// What to wait on after Pull::blocked; -1 where a source never blocks.
  [[nodiscard]] virtual int wait_fd() const { return -1; }
};

}  // namespace prun
