// A run as the pool sees it: one job, whose chunks come from a source and whose outcomes go, in the order of the mode, to a
// listener. Tasks whose outcomes a journal has from earlier runs are not handed out: what is recorded is told in their place.
// Decides how far it may read ahead. Does no waiting and knows no worker.
#pragma once

#include "event/event_stream.hpp"
#include "event/recorded_run.hpp"
#include "event/task_event.hpp"
#include "function/registry.hpp"
#include "input/task_source.hpp"
#include "output/output_buffer.hpp"
#include "run/admission.hpp"
#include "run/chunk_limit.hpp"
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
    std::uint64_t interrupted = 0;  ///< of those that failed: as the run ended
  };
  using Clock = std::chrono::steady_clock;
  using OnBadInput = TaskIntake::OnBadInput;

  RunJob(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener,
         OnBadInput on_bad_input);

  bool next_chunk(detail::ChunkSpec& chunk) override;
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override;
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override;

  /// Ends the run early: what comes later is ignored.
  void close() noexcept {
    intake_.end();
    closed_ = true;
  }
  /// Behind close(): tells what is done although something before it is missing. False: the outputs have no room for all of it now.
  bool tell_done() { return order_.tell_rest(); }
  /// Where all is told at once, goes on telling once the outputs have room again.
  void tell_more() { tell_all_at_once(); }
  /// Hands nothing out from now on and tries nothing again; what comes of what runs is still told.
  void wind_up() {
    take_no_more();
    winding_up_ = true;
  }

  /// There may be a chunk now: the job should be enqueued.
  [[nodiscard]] bool wants_queueing() { return below_limit() && may_have_chunk(); }
  /// The same, however many chunks are in flight.
  [[nodiscard]] bool may_have_chunk();
  /// Hands no chunk out while so many are in flight; from the start there is no limit.
  void limit_chunks(std::uint32_t most) noexcept { limit_.set(most); }
  /// To be asked for where tasks are admitted by their memory.
  void watch_memory(std::function<MemoryState()> look) { look_at_memory_ = std::move(look); }
  /// Where the listener writes: what waits there for its readers counts as what waits for its turn does.
  void watch_outputs(const OutputBuffer& out, const OutputBuffer& err) {
    outputs_ = {&out, &err};
    order_.tell_while([this] { return unwritten_text() < window_bytes_; });
  }
  /// When there may be one that is held back now: a task to be tried again, or a start that admission delays.
  [[nodiscard]] std::optional<Clock::time_point> next_start() const;
  /// Takes no more input and tries nothing again; what has not been handed out will not be run.
  void take_no_more();
  /// The halt policy's condition is met.
  [[nodiscard]] bool halted() const noexcept { return halted_; }
  /// The source had nothing yet; call `input_is_readable` once it has.
  [[nodiscard]] bool waiting_for_input() const noexcept { return intake_.waiting(); }
  void input_is_readable() noexcept { intake_.is_readable(); }
  /// A task that ran out of memory, which runs alone now, or as soon as what runs has ended.
  [[nodiscard]] std::optional<std::uint64_t> lone_task() const;
  /// A command found that prun's own output takes no more: the run is to be ended.
  [[nodiscard]] const std::optional<std::string>& output_failure() const noexcept { return output_failure_; }
  /// A task that is being run, as `fib(40)`.
  [[nodiscard]] std::string call_of(std::uint64_t index) override;
  /// Why no task is started although a worker may be idle.
  [[nodiscard]] HeldBack held_back() const;
  /// In ordered modes the task that is told next, if it has been handed out.
  [[nodiscard]] std::optional<std::uint64_t> next_told() const noexcept {
    return order_.next() < intake_.next() ? std::optional(order_.next()) : std::nullopt;
  }
  /// Everything was read and run, and what is still to be told waits for room in the outputs.
  [[nodiscard]] bool waits_for_room() const noexcept { return all_run() && order_.has_ready(); }
  /// Everything was read, run and told.
  [[nodiscard]] bool finished() const noexcept { return all_run() && !order_.has_ready(); }
  [[nodiscard]] Counts counts() const noexcept {
    return {order_.succeeded(), order_.failed(), intake_.bad_inputs(), interrupted_};
  }
  /// Tasks taken from the source that have not been told.
  [[nodiscard]] std::uint64_t not_told() const noexcept {
    return intake_.gathered() + skipped_of_range_ - order_.succeeded() - order_.failed();
  }

  /// The input was read to its end.
  [[nodiscard]] bool read_to_end() const noexcept { return intake_.read_to_end(); }
  /// Tasks of the whole input, where that is known.
  [[nodiscard]] std::optional<std::uint64_t> total() const;

 private:
  [[nodiscard]] bool window_open() const noexcept;
  [[nodiscard]] bool all_run() const noexcept { return intake_.exhausted() && in_flight_ == 0 && retries_.empty(); }
  [[nodiscard]] std::uint64_t unwritten_text() const noexcept;
  [[nodiscard]] std::uint64_t waiting_files() const noexcept;
  [[nodiscard]] std::uint64_t outstanding() const noexcept;
  [[nodiscard]] std::uint64_t chunksize();
  [[nodiscard]] std::uint64_t most_calls_of(const Function& function) const noexcept;
  [[nodiscard]] bool ready_to_cut();
  bool read();
  [[nodiscard]] bool has_next() { return intake_.next_was_read() || read(); }
  void tell_all_at_once();
  void fail_defective();
  bool pass_recorded();
  void tell_recorded();
  [[nodiscard]] bool lone_task_runs() const noexcept { return limit_.alone() && in_flight_ != 0; }
  [[nodiscard]] bool makes_room_for_lone_task() const {
    return retries_.due() && retries_.first().alone && in_flight_ != 0;
  }
  [[nodiscard]] bool below_limit() noexcept;
  void tell_want_of_memory(Failure& failure);
  [[nodiscard]] const Function* next_function();
  [[nodiscard]] bool admitted();
  void note_start(const detail::ChunkSpec& chunk);
  void note_end(std::uint64_t index, const detail::AttemptInfo& info);
  bool cut_chunk(detail::ChunkSpec& chunk);
  bool take_retry(detail::ChunkSpec& chunk);
  void note_outcome(bool failed);
  void tell_attempt(std::uint64_t index, std::string_view value, const Failure* failure,
                    const detail::AttemptInfo& info, bool final);
  bool hand_out(detail::ChunkSpec& chunk);
  void note_files(std::uint64_t index, std::string_view result);
  void give_back_files(std::uint64_t index, std::string_view result);
  [[nodiscard]] bool wait_to_start(std::uint64_t index, const detail::AttemptInfo& info);
  void on_interrupted(std::uint64_t index, const Failure& failure, const detail::AttemptInfo& info);
  void skip(std::uint64_t index);
  bool take_range_chunk(detail::ChunkSpec& chunk, std::uint64_t limit);
  bool take_task_chunk(detail::ChunkSpec& chunk, std::uint64_t limit);

  RunOptions options_;
  Registry* registry_;
  const EventStream* events_;
  RecordedRun* recorded_;  ///< null: nothing is recorded
  std::size_t window_tasks_;
  std::uint64_t window_bytes_;
  std::uint64_t window_all_bytes_;  ///< beside those in memory, those in temporary files
  GuidedChunks guided_;
  std::optional<std::uint64_t> map_chunksize_;

  NumberedTasks tasks_;
  TaskIntake intake_;
  OutcomeOrder order_;
  std::array<const OutputBuffer*, 2> outputs_{};
  bool commands_seen_ = false;  ///< some task handed out is a command
  bool more_recorded_ = false;  ///< passing on what is recorded was interrupted

  RetryQueue retries_;
  ChunkLimit limit_;
  StartLimit start_limit_;
  Admission admission_;
  MemoryAdmission memory_;
  std::function<MemoryState()> look_at_memory_;
  sys::OomKills oom_kills_;
  bool halted_ = false;
  bool winding_up_ = false;
  std::uint64_t interrupted_ = 0;
  std::uint64_t skipped_of_range_ = 0;  ///< elements of the last range that were not handed out when the run was halted
  std::uint64_t succeeded_ = 0;         ///< as they came, not as they were told
  std::uint64_t failed_ = 0;

  std::uint64_t in_flight_ = 0;
  double mean_result_bytes_ = 0;
  bool closed_ = false;
  std::optional<std::string> output_failure_;
};

}  // namespace prun
