// The tasks of a run by their index, from when they are read until they are told: those given as bytes in a moving window,
// those of a range as the range. It does not know what is done with them.
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
  /// A task that was given as bytes; one of a range has none of this.
  struct TaskBytes {
    const Function* function = nullptr;
    BytesCell args;
    BytesCell kwargs;
    BytesCell id;
    [[nodiscard]] bool defective() const noexcept { return args.tag() == defect_noted; }
  };
  struct Segment {  ///< consecutive indexes that are a range's elements
    std::uint64_t first_index;
    const Function* function;
    IntRange range;
  };

  /// @param ordered they are forgotten in order
  /// @param window how many may be on their way, so that those which take much longer than others are kept apart
  NumberedTasks(bool ordered, std::size_t window) noexcept : ordered_(ordered), window_(window) {}

  /// Indexes are added in ascending order.
  void add(std::uint64_t index, const Task& task);
  void add_range(std::uint64_t first_index, const TaskSource::RangeOfTasks& tasks) {
    segments_.push_back({first_index, tasks.function, tasks.range});
  }

  /// One that was given as bytes, not handed out yet.
  [[nodiscard]] const TaskBytes& at(std::uint64_t index) noexcept { return tasks_.at(index); }
  [[nodiscard]] const Segment& last_range() const noexcept { return segments_.back(); }
  /// Null where it is of a range.
  [[nodiscard]] const TaskBytes* bytes_of(std::uint64_t index) noexcept { return find(index); }
  /// Null where it was given as bytes.
  [[nodiscard]] const Segment* segment_of(std::uint64_t index) const noexcept;
  /// Why a defective one cannot be passed on, once.
  [[nodiscard]] std::string take_defect(std::uint64_t index) { return std::move(defects_.extract(index).mapped()); }

  [[nodiscard]] const Function& function_of(std::uint64_t index) noexcept {
    const TaskBytes* task = find(index);
    return task != nullptr ? *task->function : *segment_of(index)->function;
  }

  /// Fills in function, args, kwargs and id; what they view lives until the next call, or until the task is forgotten.
  const Function& describe(std::uint64_t index, TaskEvent& event);

  /// It has been told. @param next_index the first that has not been handed out
  void forget(std::uint64_t index, std::uint64_t next_index);

  /// Of arguments that are kept.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  /// Tags of the cells that hold arguments.
  enum Soundness : std::uint8_t { sound, defect_noted };

  [[nodiscard]] TaskBytes* find(std::uint64_t index) noexcept;
  void step_over_gap(std::uint64_t index);
  void leave_behind(std::uint64_t index);

  bool ordered_;
  std::size_t window_;
  std::deque<Segment> segments_;
  IndexWindow<TaskBytes> tasks_;
  std::unordered_map<std::uint64_t, std::string> defects_;
  std::unordered_map<std::uint64_t, TaskBytes> stragglers_;  ///< unordered: tasks that the window has left behind
  std::size_t bytes_ = 0;
  std::string range_args_;
};

}  // namespace prun
