// The input of a run that is not the recorded one: new tasks, missing ones, others in between. Each task is that recorded task which is
// the same call, or it is new and gets the next number. It says which places of the input have an outcome already. It does not read
// outcomes, and writes nothing.
#pragma once

#include "journal/known_tasks.hpp"
#include "journal/once.hpp"
#include "journal/sqlite.hpp"
#include "journal/task_list.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace prun::journal {

class ListMatch {
 public:
  struct Counts {
    std::uint64_t reused = 0;  ///< tasks of the input with a recorded outcome
    std::uint64_t known = 0;   ///< recorded tasks of the input, with an outcome or without
    std::uint64_t added = 0;
    std::optional<std::uint64_t>
        gone{};              ///< tasks of the recorded list that the input does not have; absent: before `end`
    bool reordered = false;  ///< the input is another list, perhaps of the same tasks; false before `end`
  };

  /// @param same so many tasks at the beginning of the input are the first recorded ones
  /// @param failures_too a failure is an outcome
  /// @param once decides which outcomes count; null: all do. Must outlive it
  ListMatch(Database& database, RecordedTasks& tasks, std::uint64_t same, bool failures_too, Once* once = nullptr);

  /// The next task of the input.
  void add(const Task& task);
  /// The next tasks of the input, `function(number)` for each number.
  void add(const Function& function, const IntRange& range);
  /// There are no others.
  void end() noexcept { ended_ = true; }

  [[nodiscard]] const TaskList& list() const noexcept { return list_; }
  /// What `lists` has to say of the input, the row at its end included. Nothing if the input is that of the run before.
  [[nodiscard]] std::vector<TaskList::Segment> rows() const;
  /// Returns true if the task at this place is not recorded.
  [[nodiscard]] bool is_new(std::uint64_t place) const { return list_.task_at(place) >= recorded_; }
  /// The first place from `place` on that may have an outcome: the next one that has, or the next one to read; none.
  [[nodiscard]] std::optional<std::uint64_t> next(std::uint64_t place);
  [[nodiscard]] Counts counts() const;

 private:
  /// Places from `first` to before `end`.
  struct Interval {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
  };
  [[nodiscard]] std::optional<std::uint64_t> take(const Task& task);
  void add(std::optional<std::uint64_t> known, bool has_outcome);
  /// 0: the task has no outcome.
  [[nodiscard]] std::uint32_t outcome_of(const std::optional<std::uint64_t>& known) const {
    return known && *known < outcome_of_.size() ? outcome_of_[*known] : 0;
  }
  void note_outcomes(Database& database, bool failures_too);
  void add_same(std::uint64_t count);
  [[nodiscard]] bool was_in_list(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t in_last_list() const noexcept { return last_ ? last_->size() : recorded_; }

  std::uint64_t recorded_;
  std::uint64_t next_new_;
  RecordedTasks* tasks_;
  std::uint64_t same_ = 0;           ///< so many tasks at the beginning of the input are the first recorded ones
  std::optional<KnownTasks> known_;  ///< absent: as long as the input is the recorded tasks in order
  Once* once_;
  std::vector<std::uint32_t>
      outcome_of_;                ///< by number: the run that made the outcome; 0, or beyond its end: there is none
  std::optional<TaskList> last_;  ///< of the runs before; absent: the recorded tasks in order
  std::vector<TaskList::Segment> last_by_task_;
  TaskList list_;
  std::deque<Interval> ready_;
  std::uint64_t reused_ = 0;
  std::uint64_t known_count_ = 0;
  std::uint64_t kept_ = 0;  ///< tasks of the last list that the input has
  bool ended_ = false;
};

}  // namespace prun::journal
