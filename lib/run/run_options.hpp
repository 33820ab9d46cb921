// What a run is asked to do, as plain data: the CLI fills it in, a test writes it down.
#pragma once

#include "run/admission.hpp"
#include "run/halt_policy.hpp"
#include "run/retry_policy.hpp"
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

namespace jobserver {
class Tokens;
}
namespace command {
class OutputTurn;
class RunEnding;
class SpilledFiles;
}  // namespace command

/// How results come back; as in Python's pool.
enum class Mode : std::uint8_t {
  map,             ///< all at once, in order, when the last is ready
  starmap,         ///< as map, each input unpacked as arguments
  imap,            ///< each as soon as it and all before it are ready
  imap_unordered,  ///< as completed
  submit,          ///< mixed calls, each as soon as it and all before it are ready
  apply,           ///< one call
};

struct RunOptions {
  Mode mode = Mode::map;
  unsigned workers = 1;                              ///< at least 1
  unsigned cpu_budget = 1;                           ///< CPUs that the workers share, and are told their share of
  bool threads = false;                              ///< threads of this process instead of processes
  std::optional<std::uint64_t> chunksize;            ///< at least 1; absent: the mode's default
  bool guided_chunks = false;                        ///< --chunksize auto
  std::optional<std::uint64_t> max_tasks_per_child;  ///< at least 1; absent: workers live as long as the pool
  const Task* initializer = nullptr;                 ///< a call that each worker makes before its first task
  std::uint64_t seed = 0;                            ///< the run's; a task's is made of it and of its index
  std::size_t window_tasks = 0;                      ///< most tasks in flight or waiting for order; 0: the default
  std::size_t window_bytes = 0;                      ///< most bytes of their arguments and results; 0: the default
  RetryPolicy retry;
  HaltPolicy halt;
  AdmissionOptions admission;
  std::optional<std::chrono::nanoseconds> timeout;                  ///< of a call
  std::optional<std::chrono::nanoseconds> deadline;                 ///< of the run
  std::chrono::nanoseconds grace = std::chrono::milliseconds(400);  ///< that a program has to end when it is asked to
  command::RunEnding* ending = nullptr;      ///< how programs learn that the run ends; null: they are killed
  worker::ProcessLimits limits;              ///< of worker processes
  std::string system_root;                   ///< stands before paths of /proc: "", but in tests
  jobserver::Tokens* tokens = nullptr;       ///< each task beside the first needs one; null: no such limit
  command::SpilledFiles* spilled = nullptr;  ///< where commands' large outputs are; null: nowhere
  command::OutputTurn* turn = nullptr;       ///< a task may write its output itself when all before it is told;
                                             ///< in ordered modes of worker processes that try nothing again
  bool measure_usage = false;                ///< the output tells what each attempt used; with `measure`
  bool skip_bad = false;                     ///< go on behind bad input
  const EventStream* events = nullptr;       ///< who hears what happens in the run; null: nobody
  RecordedRun* recorded = nullptr;           ///< what earlier runs have recorded of the same tasks; null: nothing
  bool measure = false;                      ///< the output tells when each attempt began and how long it took
};

}  // namespace prun
