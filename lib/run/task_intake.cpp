#include "run/task_intake.hpp"

#include <limits>
#include <string>

namespace prun {

namespace {

/// After a large task was copied, frees its memory.
void release_large(std::string& bytes) {
  constexpr std::size_t largest_kept = std::size_t{1} << 20;
  if (bytes.capacity() > largest_kept) std::string().swap(bytes);
}

}  // namespace

bool TaskIntake::read() {
  while (!ended_) {
    if (gathered_ == next_ && read_range()) return range_left_ != 0;
    switch (source_->next(task_)) {
      case Pull::task: return take_task();
      case Pull::blocked: waiting_ = true; return false;
      case Pull::end:
        read_to_end_ = true;
        if (recorded_ != nullptr) recorded_->find_end(gathered_);
        end_input(true);
        return false;
      case Pull::bad: note_bad_input(); break;
    }
  }
  return false;
}

bool TaskIntake::take_task() {
  if (recorded_ != nullptr) recorded_->find(gathered_, task_);
  if (events_->wanted<TaskRead>()) events_->tell(TaskRead{gathered_, task_});
  tasks_->add(gathered_, task_);
  release_large(task_.args);
  release_large(task_.kwargs);
  ++gathered_;
  return true;
}

bool TaskIntake::read_range() {
  const auto tasks = source_->next_range(std::numeric_limits<std::uint64_t>::max());
  if (!tasks) return false;
  if (recorded_ != nullptr) recorded_->find(gathered_, *tasks->function, tasks->range);
  events_->tell(RangeRead{gathered_, *tasks->function, tasks->range});
  tasks_->add_range(gathered_, *tasks);
  range_left_ = tasks->range.count;
  gathered_ += range_left_;
  return true;
}

void TaskIntake::refuse(std::string message) {
  ++bad_inputs_;
  on_bad_input_({std::move(message)});
  end_input(false);
}

void TaskIntake::end_input(bool complete) {
  ended_ = true;
  events_->tell(InputEnded{gathered_, complete});
}

void TaskIntake::note_bad_input() {
  ++bad_inputs_;
  on_bad_input_(source_->error());
  if (!skip_bad_) end_input(false);
}

std::optional<std::uint64_t> TaskIntake::total() const {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  if (const auto unread = source_->remaining()) return *unread > most - gathered_ ? most : gathered_ + *unread;
  return ended_ ? std::optional(gathered_) : std::nullopt;
}

std::uint64_t TaskIntake::drop_range() noexcept {
  const std::uint64_t dropped = range_left_;
  gathered_ -= dropped;
  range_left_ = 0;
  return dropped;
}

}  // namespace prun
