// Reads the tasks of a run from the source, numbers them and sends their events. An index below `next` has been handed out,
// an index below `gathered` has been read. It does not know chunks or how far to read ahead.
#pragma once

#include "event/event_stream.hpp"
#include "event/recorded_run.hpp"
#include "input/task_source.hpp"
#include "run/numbered_tasks.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace prun {

class TaskIntake {
 public:
  using OnBadInput = std::function<void(const InputError&)>;

  /// @param recorded finds the input's tasks; null: there is no record
  /// @param skip_bad continue after bad input
  TaskIntake(TaskSource& source, NumberedTasks& tasks, RecordedRun* recorded, const EventStream& events, bool skip_bad,
             OnBadInput on_bad_input)
      : source_(&source),
        tasks_(&tasks),
        recorded_(recorded),
        events_(&events),
        skip_bad_(skip_bad),
        on_bad_input_(std::move(on_bad_input)) {}

  /// Reads one task or a whole range. Returns false if there is none now, or no more.
  bool read();
  /// The next task is an element of the last range.
  [[nodiscard]] bool next_is_of_range() const noexcept { return range_left_ != 0; }
  /// The next task to hand out has been read.
  [[nodiscard]] bool next_was_read() const noexcept { return range_left_ != 0 || gathered_ != next_; }

  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  [[nodiscard]] std::uint64_t gathered() const noexcept { return gathered_; }
  /// Number of elements of the last range that have not been handed out.
  [[nodiscard]] std::uint64_t range_left() const noexcept { return range_left_; }
  /// Number of tasks that have not been read, if it is known.
  [[nodiscard]] std::optional<std::uint64_t> unread() const { return source_->remaining(); }
  /// The source has reported its end.
  [[nodiscard]] bool read_to_end() const noexcept { return read_to_end_; }
  /// Number of all tasks, if it is known.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

  /// Hands out `count` tasks, from the next on: at most the rest of the range, or the tasks that have been read.
  void hand_out(std::uint64_t count) noexcept {
    next_ += count;
    if (range_left_ != 0) range_left_ -= count;
  }

  /// No more tasks will be read.
  void end() noexcept {
    ended_ = true;
    waiting_ = false;
  }
  /// Reports bad input, and reads no more.
  void refuse(std::string message);
  /// Drops the rest of the last range. @return their number
  std::uint64_t drop_range() noexcept;

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// All tasks have been read and handed out.
  [[nodiscard]] bool exhausted() const noexcept { return ended_ && !next_was_read(); }
  /// The source had nothing yet. Call `is_readable` when it has.
  [[nodiscard]] bool waiting() const noexcept { return waiting_; }
  void is_readable() noexcept { waiting_ = false; }
  [[nodiscard]] std::uint64_t bad_inputs() const noexcept { return bad_inputs_; }

 private:
  bool read_range();
  bool take_task();
  void note_bad_input();
  void end_input(bool complete);

  TaskSource* source_;
  NumberedTasks* tasks_;
  RecordedRun* recorded_;
  const EventStream* events_;
  bool skip_bad_;
  OnBadInput on_bad_input_;

  Task task_;
  bool ended_ = false;
  bool read_to_end_ = false;
  bool waiting_ = false;
  std::uint64_t next_ = 0;
  std::uint64_t gathered_ = 0;
  std::uint64_t range_left_ = 0;
  std::uint64_t bad_inputs_ = 0;
};

}  // namespace prun
