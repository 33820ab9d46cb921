// The recorded results of earlier runs of the same tasks. A run that resumes reads its journal through this interface.
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

/// The recorded outcome of a task.
struct RecordedOutcome {
  std::optional<Failure> failure;  ///< absent: the task has a value
  std::string value;
  detail::AttemptInfo info;
  std::string host;  ///< in a run on several machines, the machine that ran it
};

/// Called from one thread.
class RecordedRun {
 public:
  static constexpr std::uint64_t none = UINT64_MAX;

  RecordedRun() = default;
  RecordedRun(const RecordedRun&) = delete;
  RecordedRun& operator=(const RecordedRun&) = delete;
  virtual ~RecordedRun() = default;

  // Finds the record of each task of the input when it is read, once, in order, before its event is sent.
  virtual void find(std::uint64_t index, const Task& task) = 0;
  virtual void find(std::uint64_t first_index, const Function& function, const IntRange& range) = 0;
  /// The input has exactly `count` tasks.
  virtual void find_end(std::uint64_t count) = 0;

  /// The first index from `index` on that has a recorded outcome and is not to run again. If this is unknown until more tasks are
  /// read, the next index to read. `none` if there is none. Call it with ascending indexes.
  virtual std::uint64_t next_recorded(std::uint64_t index) = 0;
  /// Takes the outcome of such an index. Call it once for each index.
  virtual RecordedOutcome take_recorded(std::uint64_t index, const Function& function) = 0;
};

}  // namespace prun
