// The run as a job of the pool. Its chunks come from a source, and its outcomes go to a listener in the order of the mode.
// Tasks with a recorded outcome are not handed out; the recorded outcome is reported instead. It decides how far to read
// ahead. It does not wait and does not know workers.
#pragma once

#include "event/event_stream.hpp"
#include "event/recorded_run.hpp"
#include "event/run_view.hpp"
#include "event/task_event.hpp"
#include "function/registry.hpp"
#include "input/task_source.hpp"
#include "order/start_queue.hpp"
#include "output/output_buffer.hpp"
#include "run/admission.hpp"
#include "run/chunk_limit.hpp"
#include "run/fitting_starts.hpp"
#include "run/memory_admission.hpp"
#include "run/numbered_tasks.hpp"
#include "run/outcome_order.hpp"
#include "run/retry_queue.hpp"
#include "run/run_options.hpp"
#include "run/start_limit.hpp"
#include "run/task_intake.hpp"
#include "sys/oom_kills.hpp"
#include "task/chunk.hpp"

#include <prun/detail/job.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace prun {

class RunJob final : public detail::Job, private TaskTexts {
 public:
  struct Counts {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::uint64_t bad_inputs = 0;
    std::uint64_t interrupted = 0;  ///< number of failed tasks that were stopped at the end of the run
  };
  using Clock = std::chrono::steady_clock;
  using OnBadInput = TaskIntake::OnBadInput;

  RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
         OnBadInput on_bad_input);

  bool next_chunk(detail::ChunkSpec& chunk) override;
  /// Hands out tasks for another machine. Limits of this machine do not apply. @param most number of tasks
  bool next_chunk_for_node(detail::ChunkSpec& chunk, std::uint64_t most);
  /// A task that was handed out was not run. It goes to the front of the queue, as the same attempt.
  void give_back(std::uint64_t index, std::uint32_t attempt);
  /// Sets function, args and kwargs of a task that was handed out. Valid until the next call.
  const Function& describe(std::uint64_t index, TaskEvent& event) { return tasks_.describe(index, event); }
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override;
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override;
  void on_failures(std::uint64_t first, std::uint64_t count, const Failure& failure,
                   const detail::AttemptInfo& info) override;
  void on_rest(std::uint64_t first_index, std::uint32_t count, std::uint32_t attempt) override;

  /// Ends the run early. Later outcomes are ignored.
  void close() noexcept {
    intake_.end();
    closed_ = true;
  }
  /// After close(): reports finished tasks although earlier ones are missing. Returns false if the outputs have no room for all now.
  bool tell_done() { return order_.tell_rest(); }
  /// If all outcomes are reported at the end: continues when the outputs have room again.
  void tell_more() { tell_all_at_once(); }
  /// From now on hands out nothing and retries nothing. Outcomes of running tasks are still reported.
  void wind_up() {
    take_no_more();
    winding_up_ = true;
  }

  /// There may be a chunk now, so the job should be enqueued.
  [[nodiscard]] bool wants_queueing() { return below_limit() && may_have_chunk(); }
  /// Like the function above, regardless of the number of chunks in flight.
  [[nodiscard]] bool may_have_chunk();
  /// Limits the number of chunks in flight. Initially there is no limit.
  void limit_chunks(std::uint32_t most) noexcept { limit_.set(most); }
  /// From now on there are so many workers.
  void set_workers(std::uint32_t workers) noexcept { options_.workers = workers; }
  [[nodiscard]] std::uint32_t workers() const noexcept { return options_.workers; }
  /// Sets the source of memory states, for admission by memory.
  void watch_memory(std::function<MemoryState()> look) { look_at_memory_ = std::move(look); }
  /// The outputs of the listener. Data that waits there for readers counts like outcomes that wait for their turn.
  void watch_outputs(const OutputBuffer& out, const OutputBuffer& err) {
    outputs_ = {&out, &err};
    order_.tell_while([this] { return unwritten_text() < window_bytes_; });
  }
  /// The mean duration of recent tasks of a run that uses other machines; 0: none was measured.
  [[nodiscard]] std::chrono::nanoseconds mean_duration() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(mean_ns_));
  }
  /// When a delayed task may start: a retry, or a start that admission delays.
  [[nodiscard]] std::optional<Clock::time_point> next_start() const;
  /// Reads no more input and retries nothing. Tasks that were not handed out will not run.
  void take_no_more();
  /// Hands out no task that would not finish before that time, and halts at the first such task.
  void start_only_what_fits(Clock::time_point end) { fitting_.emplace(end); }
  /// Halts if tasks that were handed out and still wait would not finish in time.
  void look_at_deadline();
  /// The job was halted because of that.
  [[nodiscard]] bool late() const noexcept { return late_; }
  /// The limit of starts after the system has refused to start a command.
  [[nodiscard]] StartLimit& start_limit() noexcept { return start_limit_; }
  /// Halts as if the condition of the halt policy were met.
  void halt() noexcept { halted_ = true; }
  /// The condition of the halt policy is met.
  [[nodiscard]] bool halted() const noexcept { return halted_; }
  /// The source had nothing yet. Call `input_is_readable` when it has.
  [[nodiscard]] bool waiting_for_input() const noexcept { return intake_.waiting(); }
  void input_is_readable() noexcept { intake_.is_readable(); }
  /// A task that ran out of memory and runs alone, now or when all running tasks have ended.
  [[nodiscard]] std::optional<std::uint64_t> lone_task() const;
  /// A command could not write to prun's own output: the run must end.
  [[nodiscard]] const std::optional<std::string>& output_failure() const noexcept { return output_failure_; }
  /// The text of a running task, such as `fib(40)`. It is `task 7` if the task was forgotten because the run has ended.
  [[nodiscard]] std::string call_of(std::uint64_t index) override;
  [[nodiscard]] bool may_split() override {
    return !halted_ && !winding_up_ && !admission_.holds_back() && limit_.allows_beside(chunks_in_flight()) &&
           !next_outcome_may_halt();
  }
  /// The reason why no task is started although a worker may be idle.
  [[nodiscard]] HeldBack held_back() const;
  /// In ordered modes the task that is reported next, if it has been handed out.
  [[nodiscard]] std::optional<std::uint64_t> next_told() const noexcept {
    return order_.next() < intake_.next() ? std::optional(order_.next()) : std::nullopt;
  }
  /// Everything has been read and run, and the remaining reports wait for room in the outputs.
  [[nodiscard]] bool waits_for_room() const noexcept { return all_run() && order_.has_ready(); }
  /// Everything has been read, run and reported.
  [[nodiscard]] bool finished() const noexcept { return all_run() && !order_.has_ready(); }
  [[nodiscard]] Counts counts() const noexcept {
    return {order_.succeeded(), order_.failed(), intake_.bad_inputs(), interrupted_};
  }
  /// The same counts by arrival, not by report.
  [[nodiscard]] RunView::Counts ended_counts() const noexcept {
    const std::uint64_t told = order_.succeeded() + order_.failed();
    return {succeeded_, failed_, recalled_, succeeded_ + failed_ + recalled_ + interrupted_ - told, recalled_failures_};
  }
  /// Number of tasks that were taken from the source and have not been reported.
  [[nodiscard]] std::uint64_t not_told() const noexcept {
    return intake_.gathered() + skipped_of_range_ - order_.succeeded() - order_.failed();
  }

  /// The input was read to its end.
  [[nodiscard]] bool read_to_end() const noexcept { return intake_.read_to_end(); }
  /// Number of tasks in the whole input, if it is known.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

 private:
  [[nodiscard]] bool window_open() const noexcept;
  [[nodiscard]] bool enough_in_flight() const noexcept;
  [[nodiscard]] bool next_outcome_may_halt() const;
  [[nodiscard]] bool takes_more() const noexcept { return window_open() && !enough_in_flight(); }
  [[nodiscard]] bool reader_is_slow() const noexcept;
  /// Tasks start in another order than that of the input.
  [[nodiscard]] bool reorders() const noexcept { return options_.order != order::StartOrder::of_input; }
  /// Everything was read, and only retries are left to hand out.
  [[nodiscard]] bool exhausted() const noexcept { return intake_.exhausted() && starts_.empty(); }
  [[nodiscard]] bool all_run() const noexcept { return exhausted() && in_flight_ == 0 && retries_.empty(); }
  [[nodiscard]] std::uint64_t unwritten_text() const noexcept;
  [[nodiscard]] std::uint64_t unwritten_files() const noexcept;
  [[nodiscard]] std::uint64_t waiting_files() const noexcept;
  [[nodiscard]] std::uint64_t outstanding() const noexcept;
  [[nodiscard]] std::uint64_t chunksize();
  [[nodiscard]] std::uint64_t most_calls_of(const Function& function) const noexcept;
  [[nodiscard]] bool ready_to_cut();
  bool read();
  [[nodiscard]] bool has_next() { return intake_.next_was_read() || read(); }
  void tell_all_at_once();
  void fail_defective();
  [[nodiscard]] bool arrange_starts();
  void add_start();
  bool pass_recorded();
  [[nodiscard]] bool next_is_recorded() const;
  void tell_recorded();
  [[nodiscard]] bool lone_task_runs() const noexcept { return limit_.alone() && in_flight_ != 0; }
  [[nodiscard]] bool makes_room_for_lone_task() const {
    return retries_.due() && retries_.first().alone && in_flight_ != 0;
  }
  [[nodiscard]] bool below_limit() noexcept;
  void tell_want_of_memory(Failure& failure);
  [[nodiscard]] const Function* next_function();
  [[nodiscard]] bool admitted();
  [[nodiscard]] bool fits();
  [[nodiscard]] std::optional<Clock::time_point> next_delayed_start() const;
  void note_start(const detail::ChunkSpec& chunk);
  void note_end(std::uint64_t index, const detail::AttemptInfo& info);
  bool cut_chunk(detail::ChunkSpec& chunk, std::uint64_t most);
  bool take_start(detail::ChunkSpec& chunk);
  bool take_retry(detail::ChunkSpec& chunk);
  bool hand_out_alone(detail::ChunkSpec& chunk, std::uint64_t index, std::uint32_t attempt);
  void note_outcome(bool failed);
  void tell_measured(std::uint64_t index, const detail::AttemptInfo& info);
  void tell_attempt(std::uint64_t index, std::string_view value, const Failure* failure,
                    const detail::AttemptInfo& info, bool final);
  bool hand_out(detail::ChunkSpec& chunk, std::optional<std::uint64_t> most);
  void note_files(std::uint64_t index, std::string_view result);
  void give_back_files(std::uint64_t index, std::string_view result);
  [[nodiscard]] bool wait_to_start(std::uint64_t index, const detail::AttemptInfo& info);
  void on_interrupted(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info);
  [[nodiscard]] bool skips(const Failure& failure) const noexcept;
  void skip(std::uint64_t first, std::uint64_t count);
  bool take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit);
  bool take_task_chunk(detail::ChunkSpec& chunk, std::uint64_t limit);

  RunOptions options_;
  Registry* registry_;
  const EventStream* events_;
  RecordedRun* recorded_;  ///< null: nothing is recorded
  std::size_t window_tasks_;
  std::uint64_t window_bytes_;
  std::uint64_t window_all_bytes_;  ///< including those in temporary files
  std::optional<std::uint64_t> map_chunksize_;

  NumberedTasks tasks_;
  TaskIntake intake_;
  OutcomeOrder order_;
  std::array<const OutputBuffer*, 2> outputs_{};
  bool commands_seen_ = false;  ///< a task that was handed out is a command
  bool goes_on_ = false;        ///< passing on recorded outcomes, or ordering tasks, was interrupted

  order::StartQueue starts_;  ///< tasks that have been read and have not started, if tasks are reordered
  bool arranged_ = false;     ///< all of them are in `starts_`
  RetryQueue retries_;
  ChunkLimit limit_;
  StartLimit start_limit_;
  Admission admission_;
  MemoryAdmission memory_;
  std::function<MemoryState()> look_at_memory_;
  sys::OomKills oom_kills_;
  std::optional<FittingStarts> fitting_;    ///< absent: tasks start regardless of their duration
  const Function* last_started_ = nullptr;  ///< where that matters
  bool late_ = false;
  bool halted_ = false;
  bool winding_up_ = false;
  std::uint64_t interrupted_ = 0;
  std::uint64_t skipped_of_range_ = 0;  ///< elements of the last range that were not handed out at the halt
  std::uint64_t succeeded_ = 0;         ///< counted on arrival, not when reported
  std::uint64_t failed_ = 0;
  std::uint64_t recalled_ = 0;
  std::uint64_t recalled_failures_ = 0;

  Clock::time_point began_ = Clock::now();
  std::uint64_t in_flight_ = 0;
  double mean_result_bytes_ = 0;
  double mean_ns_ = 0;  ///< of recent tasks, where other machines take part
  bool closed_ = false;
  bool always_timed_ = false;  ///< whatever the parts of the run want
  std::optional<std::string> output_failure_;
};

}  // namespace prun
