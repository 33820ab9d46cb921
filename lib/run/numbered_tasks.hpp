// The tasks of a run by index, from reading until their outcome has been reported. Tasks given as bytes are in a moving
// window; those of a range are stored as the range. It does not know how they are used.
#pragma once

#include "event/task_event.hpp"
#include "input/task_source.hpp"
#include "run/index_window.hpp"
#include "task/bytes_cell.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace prun {

class NumberedTasks {
 public:
  /// A task given as bytes. Tasks of a range do not have this.
  struct TaskBytes {
    const Function* function = nullptr;
    BytesCell args;
    BytesCell kwargs;
    BytesCell id;
    [[nodiscard]] bool defective() const noexcept { return args.tag() == defect_noted; }
  };
  struct Segment {  ///< consecutive indexes that are the elements of a range
    std::uint64_t first_index;
    const Function* function;
    IntRange range;
  };

  /// @param ordered they are forgotten in order
  /// @param window number of tasks in flight beyond which slow tasks are stored separately
  NumberedTasks(bool ordered, std::size_t window) noexcept : ordered_(ordered), window_(window) {}

  /// Add indexes in ascending order.
  void add(std::uint64_t index, const Task& task);
  void add_range(std::uint64_t first_index, const TaskSource::RangeOfTasks& tasks) {
    segments_.push_back({first_index, tasks.function, tasks.range});
  }

  /// A task that was given as bytes and has not been handed out.
  [[nodiscard]] const TaskBytes& at(std::uint64_t index) noexcept { return tasks_.at(index); }
  [[nodiscard]] const Segment& last_range() const noexcept { return segments_.back(); }
  /// Null for a task of a range.
  [[nodiscard]] const TaskBytes* bytes_of(std::uint64_t index) noexcept { return find(index); }
  /// Null for a task given as bytes.
  [[nodiscard]] const Segment* segment_of(std::uint64_t index) const noexcept;
  /// Why a defective task cannot be passed on. Call it once.
  [[nodiscard]] std::string take_defect(std::uint64_t index) { return std::move(defects_.extract(index).mapped()); }

  [[nodiscard]] const Function& function_of(std::uint64_t index) noexcept {
    const TaskBytes* task = find(index);
    return task != nullptr ? *task->function : *segment_of(index)->function;
  }

  /// It has been read and is not forgotten.
  [[nodiscard]] bool knows(std::uint64_t index) noexcept {
    return find(index) != nullptr || segment_of(index) != nullptr;
  }

  /// A copy of the task, without its id.
  [[nodiscard]] Task copy(std::uint64_t index);

  /// Sets function, args, kwargs and id. Their views are valid until the next call, or until the task is forgotten.
  const Function& describe(std::uint64_t index, TaskEvent& event);

  /// Everything about tasks [first, first + count) has been reported. Those of a range cost as little as one.
  /// @param next_index the first index that has not been handed out
  void forget(std::uint64_t first, std::uint64_t count, std::uint64_t next_index);

  /// Size of the stored arguments.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  /// Tags of the cells that store arguments.
  enum Soundness : std::uint8_t { sound, defect_noted };

  [[nodiscard]] TaskBytes* find(std::uint64_t index) noexcept;
  void forget_in_order(std::uint64_t first, std::uint64_t count);
  void forget_one(std::uint64_t index, std::uint64_t next_index);
  void step_over_gap(std::uint64_t index);
  void leave_behind(std::uint64_t index);

  bool ordered_;
  std::size_t window_;
  std::deque<Segment> segments_;
  IndexWindow<TaskBytes> tasks_;
  std::unordered_map<std::uint64_t, std::string> defects_;
  std::unordered_map<std::uint64_t, TaskBytes> stragglers_;  ///< unordered: slow tasks that are before the window
  std::size_t bytes_ = 0;
  std::string range_args_;
};

}  // namespace prun
