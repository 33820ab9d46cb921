// Where a run keeps its tasks and what becomes of them while it goes on, and what earlier runs have kept there: the interface
// between a run and its journal. Outcomes are noted as they come, not in the order in which they are told.
#pragma once

#include "task/range.hpp"
#include "task/task.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun {

class Function;

/// What an earlier run has recorded of a task.
struct RecordedOutcome {
  std::optional<Failure> failure;  ///< absent: the task has a value
  std::string value;
  detail::AttemptInfo info;
};

/// Called from one thread. Nothing here throws for want of room on a disk: that is told by `failed`.
class TaskJournal {
 public:
  static constexpr std::uint64_t none = UINT64_MAX;
  /// What is wrong with a task, for a person; absent: nothing.
  using Problem = std::optional<std::string>;

  TaskJournal() = default;
  TaskJournal(const TaskJournal&) = delete;
  TaskJournal& operator=(const TaskJournal&) = delete;
  virtual ~TaskJournal() = default;

  /// The input's tasks, without gaps, each once. Another task may stand at that place in the journal: that is a problem.
  virtual Problem on_task(std::uint64_t index, const Task& task) = 0;
  virtual Problem on_range(std::uint64_t first_index, const Function& function, const IntRange& range) = 0;
  /// The input has so many tasks, no more.
  virtual Problem on_input_end(std::uint64_t count) = 0;

  /// An attempt has ended.
  virtual void on_value(std::uint64_t index, const Function& function, std::string_view value,
                        const detail::AttemptInfo& info) = 0;
  /// @param final the task will not be tried again
  virtual void on_failure(std::uint64_t index, const Function& function, const Failure& failure,
                          const detail::AttemptInfo& info, bool final) = 0;

  /// The first index, at or behind `index`, whose outcome an earlier run has recorded and which is not to be run again;
  /// `none`: there is none. Asked with ascending indexes.
  virtual std::uint64_t next_recorded(std::uint64_t index) = 0;
  /// The outcome of such an index, once.
  virtual RecordedOutcome take_recorded(std::uint64_t index, const Function& function) = 0;

  /// What is noted is written from now on: no process will be forked that must not know of it.
  virtual void start() = 0;
  /// It cannot be written: the run should end.
  [[nodiscard]] virtual bool failed() const noexcept = 0;
  /// Readable once it has failed.
  [[nodiscard]] virtual int fd() const noexcept = 0;
  /// Returns when everything noted is written, or has failed.
  virtual void finish() = 0;
};

}  // namespace prun
