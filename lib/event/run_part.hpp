// The interface by which a part joins a run: which events it receives, what it waits for, how it ends. A journal, a log and a progress
// display are parts. Every function is called from the run's thread.
#pragma once

#include "event/run_event.hpp"
#include "event/run_view.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace prun {

/// The kinds of event that a part wants, as a set of bits. Events that no part wants are not created.
enum class Wants : std::uint32_t {
  nothing = 0,
  tasks = 1U << 0U,      ///< TaskRead, RangeRead, InputEnded
  outcomes = 1U << 1U,   ///< OutcomeRecalled, AttemptEnded, RetryScheduled; costs time for each task
  chunks = 1U << 2U,     ///< ChunkStarted
  workers = 1U << 3U,    ///< WorkerStarted, WorkerEnded
  hold_ups = 1U << 4U,   ///< HeldBack
  end = 1U << 5U,        ///< RunEnded
  times = 1U << 6U,      ///< attempts are measured: when each began and how long it took
  usage = 1U << 7U,      ///< the resource usage of attempts is measured: CPU time, memory
  samples = 1U << 8U,    ///< CallMeasured: only few short tasks, so it costs almost nothing
  recalls = 1U << 9U,    ///< OutcomeRecalled alone
  failures = 1U << 10U,  ///< AttemptEnded of attempts that failed, alone: attempts that succeed cost nothing
};
[[nodiscard]] constexpr Wants operator|(Wants a, Wants b) noexcept {
  return static_cast<Wants>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr bool has_any(Wants set, Wants of) noexcept {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(of)) != 0;
}
/// The bits of an event's kind. A part that wants one of them receives the event.
template <typename Event>
[[nodiscard]] constexpr Wants kind_of() noexcept;

class RunPart {
 public:
  using Clock = std::chrono::steady_clock;

  RunPart() = default;
  RunPart(const RunPart&) = delete;
  RunPart& operator=(const RunPart&) = delete;
  virtual ~RunPart() = default;

  [[nodiscard]] virtual Wants wants() const noexcept = 0;
  virtual void on_event(const RunEvent& event) = 0;

  /// The run begins. The first process that starts workers has been forked: threads may be started.
  /// @param view valid until `finish` returns
  virtual void start(const RunView& view) { static_cast<void>(view); }
  /// A descriptor that the run polls; -1: none.
  [[nodiscard]] virtual int fd() const noexcept { return -1; }
  /// The descriptor is readable.
  virtual void on_readable() {}
  /// When to call `on_time`; absent: never. Called before each wait, so it must be cheap.
  [[nodiscard]] virtual std::optional<Clock::time_point> next_time() const { return std::nullopt; }
  virtual void on_time() {}
  /// The process is about to be stopped, for example by Ctrl-Z, and continues after that.
  virtual void before_pause() {}
  virtual void after_pause() {}
  /// No more tasks are started, and the outputs are about to be written to their ends. `on_time` is not called after this. This
  /// function may be called twice.
  virtual void before_end() {}
  /// The part cannot do its work: the run should end.
  [[nodiscard]] virtual bool failed() const noexcept { return false; }
  /// Every outcome has been reported. Returns when the part's data is safe, or cannot be made safe.
  virtual void finish() {}
};

template <typename Event>
constexpr Wants kind_of() noexcept {
  using std::is_same_v;
  if constexpr (is_same_v<Event, TaskRead> || is_same_v<Event, RangeRead> || is_same_v<Event, InputEnded>)
    return Wants::tasks;
  else if constexpr (is_same_v<Event, ChunkStarted>)
    return Wants::chunks;
  else if constexpr (is_same_v<Event, WorkerStarted> || is_same_v<Event, WorkerEnded>)
    return Wants::workers;
  else if constexpr (is_same_v<Event, HeldBack>)
    return Wants::hold_ups;
  else if constexpr (is_same_v<Event, RunEnded>)
    return Wants::end;
  else if constexpr (is_same_v<Event, CallMeasured>)
    return Wants::samples;
  else if constexpr (is_same_v<Event, OutcomeRecalled>)
    return Wants::outcomes | Wants::recalls;
  else if constexpr (is_same_v<Event, AttemptEnded>)
    return Wants::outcomes | Wants::failures;
  else
    return Wants::outcomes;
}

}  // namespace prun
