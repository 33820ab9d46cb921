// The load of a run over time: running tasks, busy CPUs, and the waits of idle workers, in equal steps of time.
#pragma once

#include "history/history.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace prun::report {

/// The reason why a worker has no task.
enum class Wait : std::uint8_t {
  input,   ///< the input has no task yet
  order,   ///< the order of the output, or its reader, lets no more tasks begin
  held,    ///< the load, memory, a delay, a retry's pause, the jobserver or the system
  nothing  ///< there is no task to begin, or the remaining tasks are in another worker's chunk
};
inline constexpr std::size_t wait_kinds = 4;

[[nodiscard]] Wait wait_of(HeldBack::Reason reason) noexcept;

/// A wait from one time to another; nanoseconds from the run's start.
struct WaitSpan {
  std::int64_t from = 0;
  std::int64_t to = 0;
  Wait wait = Wait::nothing;
};

/// Spans in which something delayed the run, at most `most`. If there are more, each step of time has its most frequent wait.
[[nodiscard]] std::vector<WaitSpan> wait_spans(const history::History& history, std::size_t most);

struct Load {
  std::int64_t step = 1;        ///< nanoseconds
  std::vector<double> running;  ///< tasks at a time, a mean for each step
  std::vector<double> cpus;     ///< busy CPUs; all 0 if not measured
  std::uint32_t workers = 1;    ///< that could have run tasks
  /// The workers' time as fractions of 1: in tasks, and waiting.
  double busy = 0;
  std::array<double, wait_kinds> waiting{};
};

[[nodiscard]] Load load_of(const history::History& history, std::size_t steps);

}  // namespace prun::report
