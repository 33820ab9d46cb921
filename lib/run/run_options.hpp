// The options of a run, as plain data. The command line or a test sets them.
#pragma once

#include "order/start_queue.hpp"
#include "run/admission.hpp"
#include "run/drain_options.hpp"
#include "run/halt_policy.hpp"
#include "run/retry_policy.hpp"
#include "run/worker_count.hpp"
#include "worker/call_limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace prun {

struct Task;
class EventStream;
class RecordedRun;

class Function;
namespace cluster {
class Nodes;
}
namespace jobserver {
class Tokens;
}
namespace order {
class TaskCosts;
}
namespace command {
class OutputTurn;
class RunEnding;
class SpilledFiles;
class TimeLimit;
}  // namespace command

/// The order and form of results, as in Python's pool.
enum class Mode : std::uint8_t {
  map,             ///< all at the end, in order
  starmap,         ///< like map, with each input unpacked as arguments
  imap,            ///< in order, each as soon as it and all before it are ready
  imap_unordered,  ///< in order of completion
  submit,          ///< calls of different functions, otherwise like imap
  apply,           ///< one call
};

struct RunOptions {
  Mode mode = Mode::map;
  unsigned workers = 1;                    ///< at least 1
  unsigned cpu_budget = 1;                 ///< CPUs that the workers share; each is told its share
  bool threads = false;                    ///< threads of this process instead of processes
  bool starts_processes = true;            ///< tasks may start processes; false makes a short run faster
  std::optional<std::uint64_t> chunksize;  ///< at least 1; absent: the mode's default
  bool guided_chunks = false;              ///< --chunksize auto
  order::StartOrder order =
      order::StartOrder::of_input;                   ///< order in which tasks start; another order than the input's
                                                     ///< reads the whole input first, and starts tasks one by one
  order::TaskCosts* costs = nullptr;                 ///< costs of tasks, for `longest_first`; null: unknown
  std::optional<std::uint64_t> max_tasks_per_child;  ///< at least 1; absent: workers live as long as the pool
  const Task* initializer = nullptr;                 ///< a call that each worker makes before its first task
  std::uint64_t seed = 0;                            ///< seed of the run; a task's seed depends on it and on the index
  std::size_t window_tasks = 0;                      ///< maximum number of tasks in flight or waiting; 0: the default
  std::size_t window_bytes = 0;                      ///< maximum size of their data in bytes; 0: the default
  RetryPolicy retry;
  HaltPolicy halt;
  AdmissionOptions admission;
  std::optional<std::chrono::nanoseconds> timeout;   ///< for a call
  double timeout_factor = 0;                         ///< the limit of a call is this times the median; 0: `timeout`
  command::TimeLimit* found_timeout = nullptr;       ///< that limit, as soon as it is known
  DrainOptions drain;                                ///< the signals that announce the end of the run
  std::optional<std::chrono::nanoseconds> deadline;  ///< for the run
  bool only_what_fits = false;                       ///< start no task that would not finish by the deadline
  std::chrono::nanoseconds grace = std::chrono::milliseconds(400);  ///< time for a program to exit after it was asked
  command::RunEnding* ending = nullptr;  ///< tells programs that the run ends; null: they are killed
  worker::ProcessLimits limits;          ///< of worker processes
  std::string system_root;               ///< prefix for paths of /proc; not empty only in tests
  const WorkerCount* worker_count =
      nullptr;                          ///< replaces `workers` while the run lasts; null: that number does not change
  jobserver::Tokens* tokens = nullptr;  ///< each task except the first needs one; null: no such limit
  command::SpilledFiles* spilled = nullptr;  ///< stores large outputs of commands; null: not stored
  command::OutputTurn* turn = nullptr;       ///< a task may write its output itself if all before it are reported;
                                             ///< only in ordered modes of worker processes without retries
  bool measure_usage = false;                ///< the output shows what each attempt used; requires `measure`
  bool skip_bad = false;                     ///< continue after bad input
  const EventStream* events = nullptr;       ///< receives the events of the run; null: none
  RecordedRun* recorded = nullptr;           ///< the recorded outcomes of earlier runs of the same tasks; null: none
  cluster::Nodes* nodes = nullptr;    ///< other machines that run tasks too; they are a part of `events`; null: none
  const Function* command = nullptr;  ///< the command, which nodes cannot find by name; null: none
  bool measure = false;               ///< the output shows the start and duration of each attempt

  /// The greatest number of workers of this machine that the run can have.
  [[nodiscard]] std::uint32_t most_workers() const noexcept {
    return worker_count == nullptr ? workers : worker_count->most_workers();
  }
};

}  // namespace prun
