// The current state of a run: what runs now, how much is done, and why nothing starts. It stores nothing, so it costs nothing until a
// part reads it. It is read on the run's thread.
#pragma once

#include "event/run_event.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun {

class RunView {
 public:
  struct Counts {
    std::uint64_t succeeded = 0;          ///< in this run
    std::uint64_t failed = 0;             ///< finally failed in this run
    std::uint64_t recalled = 0;           ///< recorded by earlier runs
    std::uint64_t waiting = 0;            ///< outcomes that wait until those of earlier tasks are reported
    std::uint64_t recalled_failures = 0;  ///< of `recalled`
    [[nodiscard]] std::uint64_t done() const noexcept { return succeeded + failed + recalled; }
    [[nodiscard]] std::uint64_t all_failed() const noexcept { return failed + recalled_failures; }
  };

  /// The current call of a worker.
  struct RunningCall {
    std::uint64_t index = 0;
    std::optional<std::chrono::nanoseconds> age{};  ///< absent: not measured, as for most short calls
  };

  struct Worker {
    std::uint32_t place = 0;  ///< in the pool, from 0
    std::int32_t pid = 0;     ///< of threads: the thread's id
    std::optional<RunningCall> call{};
  };

  RunView() = default;
  RunView(const RunView&) = delete;
  RunView& operator=(const RunView&) = delete;
  virtual ~RunView() = default;

  [[nodiscard]] virtual Counts counts() const = 0;
  /// The number of tasks in the whole input; absent: not known. The input is not read ahead to find it.
  [[nodiscard]] virtual std::optional<std::uint64_t> total() const = 0;
  /// The number of calls that may run at once.
  [[nodiscard]] virtual std::uint32_t worker_limit() const = 0;
  [[nodiscard]] virtual std::vector<Worker> workers() const = 0;
  /// The time since the run began, without the time for which it was stopped.
  [[nodiscard]] virtual std::chrono::nanoseconds elapsed() const = 0;
  /// The reason why no task is started although a worker is idle.
  [[nodiscard]] virtual HeldBack held_back() const = 0;
  /// The text of a running task, or of a task that one of these functions has just returned: `fib(40)`.
  [[nodiscard]] virtual std::string call_of(std::uint64_t index) const = 0;
  /// Bytes of memory of a worker's current call, with all processes that the call has started; 0: not known.
  [[nodiscard]] virtual std::uint64_t memory_of(std::uint32_t place) const = 0;
  /// The last line that the command of this worker's call has written, unchanged; empty: none.
  [[nodiscard]] virtual std::string last_output_of(std::uint32_t place) const = 0;
};

}  // namespace prun
