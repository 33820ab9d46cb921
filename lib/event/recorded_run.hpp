// What earlier runs have recorded of the same tasks, read back. The interface between a run that goes on and its journal.
#pragma once

#include "task/range.hpp"
#include "task/task.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prun {

class Function;

/// What an earlier run has recorded of a task.
struct RecordedOutcome {
  std::optional<Failure> failure;  ///< absent: the task has a value
  std::string value;
  detail::AttemptInfo info;
};

/// Called from one thread.
class RecordedRun {
 public:
  static constexpr std::uint64_t none = UINT64_MAX;
  /// The record is of another task: this says so, for a person. Absent: it is the same, or there is no record of it.
  using Difference = std::optional<std::string>;

  RecordedRun() = default;
  RecordedRun(const RecordedRun&) = delete;
  RecordedRun& operator=(const RecordedRun&) = delete;
  virtual ~RecordedRun() = default;

  // The input's tasks are compared as they are read, each once, before they are told as events.
  virtual Difference compare(std::uint64_t index, const Task& task) = 0;
  virtual Difference compare(std::uint64_t first_index, const Function& function, const IntRange& range) = 0;
  /// The input has so many tasks, no more.
  virtual Difference compare_end(std::uint64_t count) = 0;

  /// The first index at or behind `index` whose outcome is recorded and which is not to be run again; `none`: there is none. Asked
  /// with ascending indexes.
  virtual std::uint64_t next_recorded(std::uint64_t index) = 0;
  /// The outcome of such an index, once.
  virtual RecordedOutcome take_recorded(std::uint64_t index, const Function& function) = 0;
};

}  // namespace prun
