// The events of a run, as they happen: one stream for the journal, the log and the report. Outputs, in contrast, receive
// outcomes in the order of the mode (task_event.hpp).
#pragma once

#include "task/range.hpp"
#include "task/task.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace prun {

class Function;

/// Describes a task, from when it is read until its outcome has been reported.
class TaskTexts {
 public:
  TaskTexts() = default;
  TaskTexts(const TaskTexts&) = delete;
  TaskTexts& operator=(const TaskTexts&) = delete;
  virtual ~TaskTexts() = default;
  /// The call as text, shortened if it is long: `fib(40)`.
  [[nodiscard]] virtual std::string call_of(std::uint64_t index) = 0;
};

// References and views are valid only while the event is being delivered.

/// One task was read from the input. Indexes have no gaps.
struct TaskRead {
  std::uint64_t index;
  const Task& task;
};

/// A range of tasks was read from the input at once.
struct RangeRead {
  std::uint64_t first_index;
  const Function& function;
  const IntRange& range;
};

/// No more tasks will be read.
struct InputEnded {
  std::uint64_t count;  ///< number of tasks that were read
  bool complete;        ///< the input was read to its end
};

/// A recorded outcome of an earlier run replaces a call.
struct OutcomeRecalled {
  std::uint64_t index;
  const Failure* failure;  ///< null: the task has a value
  const detail::AttemptInfo& info;
};

/// A chunk of calls was handed out. The worker that takes it begins the calls one after another. If the calls are the rest of an earlier
/// chunk, the worker of that chunk has died or has given them back, and that chunk ends before them.
struct ChunkStarted {
  std::uint64_t first_index;
  std::uint32_t count;
  std::uint32_t attempt;  ///< from 1
};

/// A call has an outcome.
struct AttemptEnded {
  std::uint64_t index;
  const Function& function;
  std::string_view value;
  const Failure* failure;  ///< null: the call succeeded
  const detail::AttemptInfo& info;
  bool final;  ///< the task is not retried, and was not stopped by the end of the run
  TaskTexts& texts;
  std::string_view host{};  ///< in a run on several machines, the machine that ran it; otherwise empty
};

/// A task has its outcome, and its last attempt was measured. Only some short tasks are measured, chosen at random.
struct CallMeasured {
  std::uint64_t index;
  std::chrono::nanoseconds duration;
  std::uint64_t ended;  ///< tasks that have an outcome of this run, including this one
};

struct RetryScheduled {
  std::uint64_t index = 0;
  std::uint32_t attempt = 1;  ///< the coming attempt
  std::chrono::steady_clock::time_point earliest;
};

struct WorkerStarted {
  std::uint32_t worker;  ///< its number in the pool, from 0
  std::int32_t pid;      ///< 0: not known yet
};

struct WorkerEnded {
  std::uint32_t worker;
  std::int32_t pid;
  std::int32_t status;  ///< as waitpid(2) returns it; 0 for threads
};

/// The reason why no tasks are started, if any. Sent when it changes.
struct HeldBack {
  enum class Reason : std::uint8_t {
    nothing,    ///< tasks are started, or none is left
    input,      ///< the input has no task yet
    order,      ///< too much output waits for the output of task `index`
    reader,     ///< the reader of the output is slow
    load,       ///< --load
    memory,     ///< --memfree, or a task that runs alone because memory ran out
    delay,      ///< --delay
    retry,      ///< only tasks that are to be retried later are left
    jobserver,  ///< no token is free
    system,     ///< the system refuses more processes or descriptors at the moment
  };
  Reason reason = Reason::nothing;
  std::optional<std::uint64_t> index{};
  bool operator==(const HeldBack&) const = default;
};

/// The last event. All workers have exited.
struct RunEnded {
  enum class How : std::uint8_t { done, interrupted, deadline, halted, output_closed, bad_input, failed };
  How how = How::done;
  int signal = 0;  ///< of interrupted
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t stopped = 0;  ///< calls that were stopped because the run ended
  std::uint64_t not_run = 0;
  std::uint64_t bad_inputs = 0;
};

using RunEvent = std::variant<TaskRead, RangeRead, InputEnded, OutcomeRecalled, ChunkStarted, AttemptEnded,
                              CallMeasured, RetryScheduled, WorkerStarted, WorkerEnded, HeldBack, RunEnded>;

}  // namespace prun
