#include "run/task_intake.hpp"

#include <limits>
#include <string>

namespace prun {

namespace {

/// What was copied need not keep the room of a large task for the next.
void release_large(std::string& bytes) {
  constexpr std::size_t largest_kept = std::size_t{1} << 20;
  if (bytes.capacity() > largest_kept) std::string().swap(bytes);
}

}  // namespace

bool TaskIntake::read() {
  while (!ended_) {
    if (gathered_ == next_ && read_range()) return range_left_ != 0;
    switch (source_->next(task_)) {
      case Pull::task:
        if (journal_ != nullptr && refused(journal_->on_task(gathered_, task_))) return false;
        tasks_->add(gathered_, task_);
        release_large(task_.args);
        release_large(task_.kwargs);
        ++gathered_;
        return true;
      case Pull::blocked: waiting_ = true; return false;
      case Pull::end:
        ended_ = true;
        read_to_end_ = true;
        if (journal_ != nullptr) static_cast<void>(refused(journal_->on_input_end(gathered_)));
        return false;
      case Pull::bad: note_bad_input(); break;
    }
  }
  return false;
}

bool TaskIntake::read_range() {
  const auto tasks = source_->next_range(std::numeric_limits<std::uint64_t>::max());
  if (!tasks) return false;
  if (journal_ != nullptr && refused(journal_->on_range(gathered_, *tasks->function, tasks->range))) return true;
  tasks_->add_range(gathered_, *tasks);
  range_left_ = tasks->range.count;
  gathered_ += range_left_;
  return true;
}

// The journal is of other tasks: this one, and what follows it, is not run.
bool TaskIntake::refused(const TaskJournal::Problem& problem) {
  if (!problem) return false;
  ++bad_inputs_;
  on_bad_input_({*problem});
  ended_ = true;
  return true;
}

void TaskIntake::note_bad_input() {
  ++bad_inputs_;
  on_bad_input_(source_->error());
  if (!skip_bad_) ended_ = true;
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
