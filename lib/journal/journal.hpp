// The journal of one run: records its events and provides what earlier runs have recorded. SCHEMA.md describes its file, and
// recorder.hpp how records are written.
#pragma once

#include "command/spilled_files.hpp"
#include "event/recorded_run.hpp"
#include "event/run_part.hpp"
#include "journal/batch_writer.hpp"
#include "journal/journal_file.hpp"
#include "journal/list_match.hpp"
#include "journal/recorded_outcomes.hpp"
#include "journal/recorded_tasks.hpp"
#include "journal/recorder.hpp"
#include "journal/run_record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace prun::journal {

struct JournalOptions {
  std::string path;
  bool resume = false;      ///< continue what earlier runs have recorded
  bool failed_too = false;  ///< and run failed tasks again
  /// The input is the tasks of the journal, which are not complete: their end is not the end of the input.
  bool rest_unknown = false;
  /// Run no task again whose outcome cannot have changed; then `resume` is set, and `failed_too`.
  std::optional<OnceOptions> once{};
};

class Journal final : public RunPart, public RecordedRun {
 public:
  /// Opens the file for this run alone and records the run. @throws JournalError
  /// @param spilled stores outputs of commands that are too large for memory; must outlive it
  Journal(const JournalOptions& options, RunRecord run, command::SpilledFiles& spilled);

  [[nodiscard]] Wants wants() const noexcept override {
    return Wants::tasks | Wants::outcomes | Wants::times | Wants::usage;
  }
  /// Throws nothing for want of room on a disk: `failed` tells that.
  void on_event(const RunEvent& event) override;
  void start(const RunView&) override { recorder_.start(); }
  [[nodiscard]] int fd() const noexcept override { return recorder_.fd(); }
  [[nodiscard]] bool failed() const noexcept override { return recorder_.failed(); }
  void finish() override { recorder_.finish(); }

  void find(std::uint64_t index, const Task& task) override;
  void find(std::uint64_t first_index, const Function& function, const IntRange& range) override;
  void find_end(std::uint64_t count) override;
  std::uint64_t next_recorded(std::uint64_t index) override;
  RecordedOutcome take_recorded(std::uint64_t index, const Function& function) override;

  /// Returns when the records are durable, or have failed.
  void flush() { recorder_.flush(); }

  [[nodiscard]] JournalFile& file() noexcept { return file_; }
  /// Number of outcomes of earlier runs that may be reported again. The input may lack some of their tasks.
  [[nodiscard]] std::uint64_t reusable();
  /// Number of outcomes of earlier runs that were reported again.
  [[nodiscard]] std::uint64_t recorded() const noexcept { return told_again_; }
  /// What has become of the recorded tasks, if the input is another one; known at its end.
  [[nodiscard]] std::optional<ListMatch::Counts> changes() const;
  /// Records how the run ended, after `finish`. @throws JournalError
  void end(std::string_view ending) { end_run(file_, run_, ending); }
  /// The same if prun itself has failed. Ignores errors.
  void end_failed(std::string_view why) noexcept;
  /// Why not everything is recorded, as a complete sentence; absent: everything is. Call it after `finish`.
  [[nodiscard]] std::optional<std::string> problem() const;

 private:
  [[nodiscard]] std::uint64_t known() const noexcept { return tasks_ ? tasks_->size() : 0; }
  void match_from(std::uint64_t place);
  [[nodiscard]] std::uint64_t same_of(std::uint64_t first_index, const Function& function, const IntRange& range);
  void note_new_of(const RangeRead& read);
  [[nodiscard]] std::uint64_t task_at(std::uint64_t place) const {
    return match_ ? match_->list().task_at(place) : place;
  }
  void on(const TaskRead& read);
  void on(const RangeRead& read);
  void on(const InputEnded& end);
  void on(const AttemptEnded& attempt);
  void note(NotedAttempt attempt, const Function& function, std::string_view result);

  JournalFile file_;
  RunRecord run_;
  command::SpilledFiles* spilled_;
  std::optional<RecordedTasks> tasks_;        ///< absent: there are none
  std::optional<RecordedOutcomes> outcomes_;  ///< absent: there are none to continue with
  std::optional<Once> once_;                  ///< absent: what is recorded counts
  std::optional<ListMatch> match_;            ///< absent: the input is the recorded tasks in order so far
  BatchWriter writer_;
  Recorder recorder_;
  std::uint64_t told_again_ = 0;
  bool rest_unknown_;
  bool failed_too_;
  std::string failure_bytes_;
};

}  // namespace prun::journal
