// A source, a pool and a listener wired into one run, from the first task to the last line.
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
  std::uint64_t interrupted = 0;         ///< stopped as the run ended: they are not done
  std::uint64_t not_run = 0;             ///< taken from the input, but the run was ended before them
  std::optional<std::uint64_t> total{};  ///< tasks of the whole input; absent: not known
  bool read_to_end = false;              ///< the input was read to its end
  std::uint64_t bad_inputs = 0;
  std::optional<InputError> bad_input;  ///< the one that ended the input; with skip_bad: none
  bool output_closed = false;           ///< the reader of the output went away, which ended the run
  int interrupted_by_signal = 0;
  std::string memory_limited_by{};  ///< what --memory-limit was carried out with
  bool halted = false;              ///< by the halt policy
  bool deadline_over = false;       ///< the run's time was over before it was done
  std::uint64_t unwritten = 0;      ///< bytes that the outputs' readers did not take before the run had to end
};

/// Runs everything that `source` has. The listener is told of outcomes in the order of the mode, `options.events` of what happens
/// as it happens. `out` and `err`, which let slow readers wait, are pushed whenever nothing is ready to be printed, and written to
/// their end. While it runs, SIGINT, SIGTERM and SIGHUP end it (see sys/interrupts.hpp).
/// @throws std::exception only where prun itself fails: no worker can be started, the output cannot be written
RunReport run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
              OutputBuffer& err);

}  // namespace prun
