// Connects a source, a pool and a listener, and runs all tasks.
#pragma once

#include "event/task_event.hpp"
#include "function/registry.hpp"
#include "input/task_source.hpp"
#include "output/output_buffer.hpp"
#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun {

struct RunReport {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t interrupted = 0;  ///< stopped at the end of the run; they are not finished
  /// Not started before the end of the run. If the size of the input is not known, only tasks that were read from it.
  std::uint64_t not_run = 0;
  std::optional<std::uint64_t> total{};  ///< number of tasks in the whole input; absent: unknown
  bool read_to_end = false;              ///< the input was read to its end
  std::uint64_t bad_inputs = 0;
  std::optional<InputError> bad_input;  ///< the error that ended the input; absent with skip_bad
  bool output_closed = false;           ///< the reader of the output closed it, which ended the run
  int interrupted_by_signal = 0;
  bool drained = false;             ///< by the first SIGTERM: no task was stopped
  std::string memory_limited_by{};  ///< how --memory-limit was enforced
  bool halted = false;              ///< by the halt policy
  bool late = false;                ///< no more was started, because it would not have finished before the deadline
  bool deadline_over = false;       ///< the deadline was reached before the run was complete
  std::uint64_t unwritten = 0;      ///< bytes that the readers of the outputs did not take before the run had to end
};

/// Runs all tasks of `source`. The listener receives outcomes in the order of the mode, `options.events` receives events as
/// they happen. `out` and `err` let slow readers wait. They are flushed whenever there is nothing ready to print, and at the
/// end. During the run SIGINT, SIGTERM and SIGHUP end it (see sys/interrupts.hpp).
/// @throws std::exception only if prun itself fails: no worker can be started, the output cannot be written
RunReport run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
              OutputBuffer& err);

}  // namespace prun
