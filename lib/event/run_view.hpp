// The present state of a run, for whoever asks: what runs now, how much is done, and why nothing starts. In contrast to events,
// nothing is kept for it, so it costs nothing until it is asked. Read on the run's thread.
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
    std::uint64_t succeeded = 0;  ///< in this run
    std::uint64_t failed = 0;     ///< in this run, for good
    std::uint64_t recalled = 0;   ///< recorded by earlier runs
    std::uint64_t waiting = 0;    ///< outcomes that wait until those of earlier tasks are reported
    [[nodiscard]] std::uint64_t done() const noexcept { return succeeded + failed + recalled; }
  };

  /// A call that a worker is at.
  struct RunningCall {
    std::uint64_t index = 0;
    std::optional<std::chrono::nanoseconds> age{};  ///< absent: not measured, as of a short call among many
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
  /// Tasks of the whole input; absent: not known. The input is not read ahead for it.
  [[nodiscard]] virtual std::optional<std::uint64_t> total() const = 0;
  /// As many calls may run at once.
  [[nodiscard]] virtual std::uint32_t worker_limit() const = 0;
  [[nodiscard]] virtual std::vector<Worker> workers() const = 0;
  /// Since the run began, without the time for which it was stopped.
  [[nodiscard]] virtual std::chrono::nanoseconds elapsed() const = 0;
  /// Why no task is started although a worker is idle.
  [[nodiscard]] virtual HeldBack held_back() const = 0;
  /// A task that runs, or that was just named by one of these functions, as people write it: `fib(40)`.
  [[nodiscard]] virtual std::string call_of(std::uint64_t index) const = 0;
  /// Bytes of memory of the call that a worker is at, with all processes that it has started; 0: not known.
  [[nodiscard]] virtual std::uint64_t memory_of(std::uint32_t place) const = 0;
  /// The last line that the command of this worker's call has written, as it wrote it; empty: none.
  [[nodiscard]] virtual std::string last_output_of(std::uint32_t place) const = 0;
};

}  // namespace prun
