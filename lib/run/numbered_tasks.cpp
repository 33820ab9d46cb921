// See numbered_tasks.hpp.
#include "run/numbered_tasks.hpp"

#include "function/function.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace prun {

void NumberedTasks::add(std::uint64_t index, const Task& task) {
  if (!ordered_) step_over_gap(index);
  tasks_.extend_to(index) = {task.function, BytesCell(task.args, task.defect.empty() ? sound : defect_noted),
                             BytesCell(task.kwargs), BytesCell(task.id)};
  bytes_ += task.args.size() + task.kwargs.size();
  if (!task.defect.empty()) defects_.emplace(index, task.defect);
}

// Elements of a range have no bytes, so the window reserves no places for them.
void NumberedTasks::step_over_gap(std::uint64_t index) {
  if (index - tasks_.begin() <= 4 * window_) return;
  for (std::uint64_t i = tasks_.begin(); tasks_.has(i); ++i) leave_behind(i);
  tasks_.begin_at(index);
}

void NumberedTasks::leave_behind(std::uint64_t index) {
  if (tasks_.at(index).function != nullptr) stragglers_.emplace(index, std::exchange(tasks_.at(index), {}));
}

const NumberedTasks::Segment* NumberedTasks::segment_of(std::uint64_t index) const noexcept {
  if (segments_.empty()) return nullptr;
  const Segment* segment = &segments_.back();
  if (index < segment->first_index) {
    // The last segment that begins at or before the index. Segments are in order.
    const auto behind = std::upper_bound(segments_.begin(), segments_.end(), index,
                                         [](std::uint64_t i, const Segment& s) { return i < s.first_index; });
    if (behind == segments_.begin()) return nullptr;
    segment = &*std::prev(behind);
  }
  return index - segment->first_index < segment->range.count ? segment : nullptr;
}

NumberedTasks::TaskBytes* NumberedTasks::find(std::uint64_t index) noexcept {
  if (tasks_.has(index)) {
    TaskBytes& task = tasks_.at(index);
    return task.function != nullptr ? &task : nullptr;
  }
  const auto found = stragglers_.find(index);
  return found != stragglers_.end() ? &found->second : nullptr;
}

const Function& NumberedTasks::describe(std::uint64_t index, TaskEvent& event) {
  if (const TaskBytes* task = find(index)) {
    event.function = task->function->name();
    event.args = task->args.view();
    event.kwargs = task->kwargs.view();
    event.id = task->id.view();
    return *task->function;
  }
  const Segment* segment = segment_of(index);
  range_args_.clear();
  wire::ValueWriter writer(range_args_);
  writer.array(1);
  writer.integer(segment->range[index - segment->first_index]);
  event.function = segment->function->name();
  event.args = range_args_;
  return *segment->function;
}

Task NumberedTasks::copy(std::uint64_t index) {
  TaskEvent event;
  const Function& function = describe(index, event);
  return {&function, std::string(event.args), std::string(event.kwargs), {}, {}};
}

void NumberedTasks::forget(std::uint64_t first, std::uint64_t count, std::uint64_t next_index) {
  if (ordered_) return forget_in_order(first, count);
  const Segment* segment = count == 1 ? nullptr : segment_of(first);
  if (segment != nullptr && first + count - segment->first_index <= segment->range.count)
    return;  // nothing is stored of them
  for (std::uint64_t i = 0; i < count; ++i) forget_one(first + i, next_index);
}

void NumberedTasks::forget_in_order(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t end = first + count;
  for (std::uint64_t i = first; i < end && tasks_.has(i); ++i) {
    if (const TaskBytes* task = find(i)) bytes_ -= task->args.size() + task->kwargs.size();
  }
  tasks_.pop_front(count);
  while (segments_.size() > 1 && end >= segments_.front().first_index + segments_.front().range.count) {
    segments_.pop_front();
  }
}

void NumberedTasks::forget_one(std::uint64_t index, std::uint64_t next_index) {
  if (const TaskBytes* task = find(index)) bytes_ -= task->args.size() + task->kwargs.size();
  if (!tasks_.has(index)) {
    stragglers_.erase(index);
    return;
  }
  tasks_.at(index) = {};
  while (tasks_.begin() < next_index && tasks_.at(tasks_.begin()).function == nullptr) tasks_.pop_front();
  while (next_index - tasks_.begin() > 4 * window_) {
    leave_behind(tasks_.begin());
    tasks_.pop_front();
  }
}

}  // namespace prun
