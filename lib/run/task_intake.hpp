// The tasks of a run on their way in: read from the source, numbered, noted in the journal. An index below `next` has been handed
// out, one below `gathered` has been read. It does not know chunks, nor how far may be read ahead.
#pragma once

#include "event/event_stream.hpp"
#include "event/recorded_run.hpp"
#include "input/task_source.hpp"
#include "run/numbered_tasks.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace prun {

class TaskIntake {
 public:
  using OnBadInput = std::function<void(const InputError&)>;

  /// @param recorded what the input's tasks are compared with; null: nothing
  /// @param skip_bad go on behind bad input
  TaskIntake(TaskSource& source, NumberedTasks& tasks, RecordedRun* recorded, const EventStream& events, bool skip_bad,
             OnBadInput on_bad_input)
      : source_(&source),
        tasks_(&tasks),
        recorded_(recorded),
        events_(&events),
        skip_bad_(skip_bad),
        on_bad_input_(std::move(on_bad_input)) {}

  /// Reads one task, or a whole range of them. False where there is none now (or no more).
  bool read();
  /// The next task is an element of the last range.
  [[nodiscard]] bool next_is_of_range() const noexcept { return range_left_ != 0; }
  /// The task that is handed out next has been read.
  [[nodiscard]] bool next_was_read() const noexcept { return range_left_ != 0 || gathered_ != next_; }

  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  [[nodiscard]] std::uint64_t gathered() const noexcept { return gathered_; }
  /// Elements of the last range that have not been handed out.
  [[nodiscard]] std::uint64_t range_left() const noexcept { return range_left_; }
  /// Tasks that have not been read, where that is known.
  [[nodiscard]] std::optional<std::uint64_t> unread() const { return source_->remaining(); }
  /// Nothing is left in the source: it has said so.
  [[nodiscard]] bool read_to_end() const noexcept { return read_to_end_; }
  /// All tasks, where that is known.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

  /// So many, from the next on, are handed out: of a range no more than are left, else as many as have been read.
  void hand_out(std::uint64_t count) noexcept {
    next_ += count;
    if (range_left_ != 0) range_left_ -= count;
  }

  /// No task will be read any more.
  void end() noexcept {
    ended_ = true;
    waiting_ = false;
  }
  /// Of what has been read, the rest of the last range is not to be handed out. @return how many those were
  std::uint64_t drop_range() noexcept;

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Everything was read and handed out.
  [[nodiscard]] bool exhausted() const noexcept { return ended_ && !next_was_read(); }
  /// The source had nothing yet; call `is_readable` once it has.
  [[nodiscard]] bool waiting() const noexcept { return waiting_; }
  void is_readable() noexcept { waiting_ = false; }
  [[nodiscard]] std::uint64_t bad_inputs() const noexcept { return bad_inputs_; }

 private:
  bool read_range();
  bool take_task();
  void note_bad_input();
  [[nodiscard]] bool refused(const RecordedRun::Difference& difference);
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
