// The record of one run: every attempt, and the other data for a report, a trace or an advice. It is filled once, by a HistoryRecorder
// from the events of the run or by journal::read_history from a journal. It reads no clock and does not know events.
//
// Times are nanoseconds from the start of the run.
#pragma once

#include "event/run_event.hpp"
#include "history/attempt.hpp"
#include "history/failure_groups.hpp"
#include "history/record_store.hpp"
#include "history/task_calls.hpp"
#include "history/top_tasks.hpp"
#include "history/worker_places.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::history {

/// The command line and settings of a run, and where it ran.
struct RunFacts {
  std::vector<std::string> command;  ///< the words of the command line
  std::string mode;
  std::string host;
  std::string version;        ///< of prun
  std::uint32_t workers = 1;  ///< number of tasks that may run at once
  std::uint32_t cpus = 0;     ///< of the host; 0: not known
  bool threads = false;
  bool commands = false;                   ///< the tasks are commands
  std::optional<std::uint64_t> chunksize;  ///< --chunksize; absent: the mode's default, or auto
  bool auto_chunks = false;                ///< --chunksize auto
  std::int64_t began_at = 0;               ///< nanoseconds since 1970
};

/// `chunks` consecutive chunks of `size` tasks each.
struct ChunkRun {
  std::uint64_t first_index = 0;
  std::uint64_t chunks = 1;
  std::uint64_t size = 1;
};

/// Why no task starts, from that time until the next of these.
struct HoldUp {
  std::int64_t time = 0;
  HeldBack::Reason reason = HeldBack::Reason::nothing;
  std::uint64_t index = UINT64_MAX;  ///< the task that the others wait for; UINT64_MAX: none
};

/// The state of the run at one moment.
struct Sample {
  std::int64_t time = 0;
  std::uint64_t waiting = 0;  ///< outcomes that wait until those of earlier tasks are reported
  std::uint64_t memory = 0;   ///< bytes, of all workers and of what they run
};

/// A call that was running when the run ended.
struct UnendedCall {
  std::uint64_t index = 0;
  std::uint32_t worker = 0;
  std::int64_t started = 0;
};

/// One attempt, with details that are kept only for the top attempts of a list.
struct EndedAttempt {
  Attempt attempt;
  std::string_view message{};  ///< of a failure
  std::uint64_t result_bytes = 0;
  const Usage* usage = nullptr;  ///< null: not measured
};

struct Totals {
  std::uint64_t attempts = 0;
  std::uint64_t succeeded = 0;             ///< tasks
  std::uint64_t failed = 0;                ///< tasks that finally failed
  std::uint64_t retried = 0;               ///< attempts after which the task was tried again
  std::uint64_t stopped = 0;               ///< attempts that were stopped because the run ended
  std::uint64_t recalled = 0;              ///< tasks whose outcome an earlier run had recorded
  std::uint64_t recalled_failures = 0;     ///< of `recalled`
  std::uint64_t unmeasured = 0;            ///< attempts that never began, or were not measured
  std::uint64_t first_index = UINT64_MAX;  ///< of the attempts that were measured, as below
  std::uint64_t last_index = 0;
  std::int64_t busy = 0;  ///< the sum of all durations
  std::int64_t longest = 0;
  std::int64_t cpu_us = 0;  ///< CPU time of all attempts, in microseconds
  std::uint64_t max_rss = 0;
};

class History {
 public:
  static constexpr std::uint64_t default_in_memory = 1'000'000;
  static constexpr std::size_t top_count = 100;
  static constexpr std::string_view still_running = "still runs";

  explicit History(RunFacts facts, std::uint64_t attempts_in_memory = default_in_memory);

  // Functions that fill it.

  /// @param call returns the text of the call; it is called only if the text is kept
  template <class Call>
  void add(const EndedAttempt& ended, const Call& call) {
    const Attempt& attempt = ended.attempt;
    attempts_.add(PackedAttempt(attempt));
    count(attempt, ended);
    if (calls_.wants_call_of(attempt.index)) calls_.add_call(attempt.index, call());
    if (attempt.failure) failures_.add(*attempt.failure, ended.message, attempt.index, attempt.final, call);
    const auto duration = static_cast<std::uint64_t>(attempt.duration);
    if (slowest_.wants(duration)) slowest_.add(top_task(duration, ended, call()));
    if (largest_.wants(ended.result_bytes)) largest_.add(top_task(ended.result_bytes, ended, call()));
  }
  void add_chunk(std::uint64_t first_index, std::uint64_t size);
  void add_hold_up(const HoldUp& hold_up) { hold_ups_.add(hold_up); }
  void add_sample(const Sample& sample) { samples_.add(sample); }
  /// @param call the text of the call, such as `fib(40)`
  void add_unended(const UnendedCall& unended, std::string call);
  /// The number of workers that may run at once. Workers of other machines join during the run.
  void raise_workers(std::uint32_t workers) noexcept { facts_.workers = std::max(facts_.workers, workers); }
  /// @param failures how many of these tasks have failed
  void count_recalled(std::uint64_t tasks, std::uint64_t failures) noexcept {
    totals_.recalled += tasks;
    totals_.recalled_failures += failures;
  }
  /// @param ending as text, as in a journal
  void end(const RunEnded& end, std::int64_t time, std::string ending);
  /// The number of tasks in the whole input.
  void set_tasks(std::uint64_t tasks) noexcept { tasks_ = tasks; }
  /// No more attempts are recorded: those until `time` stand for the later ones.
  void stop(std::int64_t time) noexcept { stopped_at_ = time; }
  /// The run has no end yet because it still runs. Without this call, a run without an end counts as killed.
  void still_runs() { ending_ = still_running; }
  [[nodiscard]] TaskCalls& calls() noexcept { return calls_; }
  [[nodiscard]] WorkerPlaces& workers() noexcept { return workers_; }

  // Functions that read it.

  [[nodiscard]] const RunFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }
  /// The duration of the run. For a killed run, the time until the end of the last known attempt.
  [[nodiscard]] std::int64_t wall() const noexcept { return ended_at_.value_or(last_end_); }
  /// The part of `wall` in which attempts were recorded: all of it, unless there were too many.
  [[nodiscard]] std::int64_t recorded() const noexcept { return stopped_at_.value_or(wall()); }
  /// Absent: the run was killed, or still runs.
  [[nodiscard]] const std::optional<RunEnded>& run_end() const noexcept { return run_end_; }
  /// How the run ended, as text: "done", "interrupted by SIGINT", "was killed".
  [[nodiscard]] const std::string& ending() const noexcept { return ending_; }
  /// The run has neither ended nor does it still run.
  [[nodiscard]] bool killed() const noexcept { return !run_end_ && ending_ != still_running; }
  /// The number of tasks in the whole input. Absent: not known. Only a journal has it.
  [[nodiscard]] std::optional<std::uint64_t> tasks() const noexcept { return tasks_; }
  /// The maximum number of workers at a time.
  [[nodiscard]] std::uint32_t worker_count() const noexcept { return std::max(workers_.count(), highest_worker_); }
  /// The name of the worker at that place: "worker 3", or "node1: worker 3".
  [[nodiscard]] std::string worker_name(std::uint32_t place) const;

  /// Calls `visit(Attempt)` for each attempt, in no particular order.
  template <class Visit>
  void for_each_attempt(Visit visit) const {
    attempts_.for_each([&](const PackedAttempt& packed) { visit(packed.unpacked()); });
  }
  /// Calls `visit(ChunkRun)`, in order of time. This is the order of the indexes, except for retried tasks, which are separate chunks.
  template <class Visit>
  void for_each_chunk_run(Visit visit) const {
    chunks_.for_each(visit);
    if (open_chunks_) visit(*open_chunks_);
  }
  /// Returns false for a journal, which does not record chunks or the reasons why no task started.
  [[nodiscard]] bool has_chunks() const noexcept { return open_chunks_.has_value(); }
  /// Calls `visit(HoldUp)`, in order of time.
  template <class Visit>
  void for_each_hold_up(Visit visit) const {
    hold_ups_.for_each(visit);
  }
  /// Calls `visit(Sample)`, in order of time. A journal has no samples, and a run has samples only if they were requested.
  template <class Visit>
  void for_each_sample(Visit visit) const {
    samples_.for_each(visit);
  }
  [[nodiscard]] const std::vector<UnendedCall>& unended() const noexcept { return unended_; }
  [[nodiscard]] const TaskCalls& calls() const noexcept { return calls_; }
  [[nodiscard]] const WorkerPlaces& workers() const noexcept { return workers_; }
  [[nodiscard]] const FailureGroups& failures() const noexcept { return failures_; }
  [[nodiscard]] const TopTasks& slowest() const noexcept { return slowest_; }
  [[nodiscard]] const TopTasks& largest() const noexcept { return largest_; }
  /// The reason why later attempts are missing; absent: none is missing.
  [[nodiscard]] std::optional<std::string> incomplete() const noexcept { return attempts_.error(); }
  /// `fib(40)`, or `task 17` if the call is not known.
  [[nodiscard]] std::string call_of(std::uint64_t index) const;
  /// Appends the same text.
  void append_call_of(std::uint64_t index, std::string& out) const;

 private:
  void count(const Attempt& attempt, const EndedAttempt& ended) noexcept;
  [[nodiscard]] static TopTask top_task(std::uint64_t amount, const EndedAttempt& ended, std::string call);

  RunFacts facts_;
  Totals totals_;
  RecordStore<PackedAttempt> attempts_;
  RecordStore<ChunkRun> chunks_;
  std::optional<ChunkRun> open_chunks_;  ///< the last, which may grow
  RecordStore<HoldUp> hold_ups_;
  RecordStore<Sample> samples_;
  std::vector<UnendedCall> unended_;
  TaskCalls calls_;
  WorkerPlaces workers_;
  FailureGroups failures_;
  TopTasks slowest_{top_count};
  TopTasks largest_{top_count};
  std::uint32_t highest_worker_ = 0;  ///< one more than the highest place of an attempt
  std::int64_t last_end_ = 0;
  std::optional<std::int64_t> ended_at_;
  std::optional<std::int64_t> stopped_at_;
  std::optional<RunEnded> run_end_;
  std::optional<std::uint64_t> tasks_;
  std::string ending_ = "was killed";
};

// Inline, because it runs for each attempt.
inline void History::count(const Attempt& attempt, const EndedAttempt& ended) noexcept {
  ++totals_.attempts;
  if (!attempt.final) {
    ++(attempt.failure == FailureKind::interrupted ? totals_.stopped : totals_.retried);
  } else if (attempt.failure) {
    ++totals_.failed;
  } else {
    ++totals_.succeeded;
  }
  if (attempt.started) {
    const std::uint64_t index = std::min(attempt.index, PackedAttempt::most_index);
    totals_.first_index = std::min(totals_.first_index, index);
    totals_.last_index = std::max(totals_.last_index, index);
  } else {
    ++totals_.unmeasured;
  }
  if (attempt.worker != Attempt::no_worker) highest_worker_ = std::max(highest_worker_, attempt.worker + 1);
  totals_.busy += attempt.duration;
  totals_.longest = std::max(totals_.longest, attempt.duration);
  last_end_ = std::max(last_end_, attempt.ended());
  if (ended.usage == nullptr) return;
  totals_.cpu_us += (ended.usage->user + ended.usage->system).count();
  totals_.max_rss = std::max(totals_.max_rss, ended.usage->max_rss);
}

}  // namespace prun::history
