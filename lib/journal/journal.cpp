// See journal.hpp.
#include "journal/journal.hpp"

#include "command/command_result.hpp"
#include "function/function.hpp"
#include "journal/schema.hpp"
#include "journal/task_text.hpp"
#include "wire/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace prun::journal {
namespace {

RunRecord begun(JournalFile& file, RunRecord run) {
  file.reading([&] { add_new_parts(file.writer()); });
  begin_run(file, run);
  file.watch_places();
  return run;
}

}  // namespace

Journal::Journal(const JournalOptions& options, RunRecord run, command::SpilledFiles& spilled) try
    : file_(options.path, options.resume ? JournalFile::Use::go_on : JournalFile::Use::create),
      run_(begun(file_, std::move(run))),
      spilled_(&spilled),
      writer_(file_.writer(), run_.run),
      recorder_(writer_, [this] { return file_.displaced(); }),
      rest_unknown_(options.rest_unknown),
      failed_too_(options.failed_too) {
  if (file_.is_new() && !options.once) return;
  file_.reading([&] {
    if (options.once) once_.emplace(*options.once, file_.reader());
    tasks_.emplace(file_.reader());
    outcomes_.emplace(file_.reader(), !options.failed_too, spilled_);
    if (once_ || last_list(file_.reader())) match_from(0);
  });
} catch (const SqliteError& e) {
  throw journal_error(options.path, e);
}

// From here on, each task is looked up.
void Journal::match_from(std::uint64_t place) {
  match_.emplace(file_.reader(), *tasks_, place, !failed_too_, once_ ? &*once_ : nullptr);
}

void Journal::find(std::uint64_t index, const Task& task) {
  if (!match_ && index >= known()) return;
  file_.reading([&] {
    if (!match_) {
      const RecordedTask& entry = tasks_->at(index);
      if (entry.function == task.function->name() && entry.kwargs == task.kwargs &&
          args_of(entry, index) == task.args && entry.id == task.id)
        return;
      match_from(index);
    }
    match_->add(task);
  });
}

void Journal::find(std::uint64_t first_index, const Function& function, const IntRange& range) {
  if (!match_ && first_index >= known()) return;
  file_.reading([&] {
    const std::uint64_t same = match_ ? 0 : same_of(first_index, function, range);
    if (!match_ && (same == range.count || first_index + same == known())) return;
    if (!match_) match_from(first_index + same);
    match_->add(function, range.slice(same, range.count - same));
  });
}

/// How many of the range's first tasks are the recorded tasks from `first_index` on.
std::uint64_t Journal::same_of(std::uint64_t first_index, const Function& function, const IntRange& range) {
  const std::uint64_t end = first_index + range.count;
  std::uint64_t index = first_index;
  while (index < std::min(end, known())) {
    const RecordedTask& entry = tasks_->at(index);
    const std::uint64_t last = std::min(entry.index + entry.count, end) - 1;
    // Both are progressions: where they agree at both ends of what they share, they agree between.
    for (const std::uint64_t at : {index, last}) {
      const bool same = entry.function == function.name() && entry.kwargs.empty() && entry.id.empty() &&
                        args_of(entry, at) == args_of(range[at - first_index]);
      if (!same) return (at == index ? index : index + 1) - first_index;
    }
    index = last + 1;
  }
  return index - first_index;
}

void Journal::find_end(std::uint64_t count) {
  if (rest_unknown_ || (!match_ && count >= known())) return;
  file_.reading([&] {
    if (!match_) match_from(count);
    match_->end();
  });
}

std::optional<ListMatch::Counts> Journal::changes() const {
  return match_ ? std::optional(match_->counts()) : std::nullopt;
}

void Journal::on_event(const RunEvent& event) {
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) return on(*attempt);
  if (const auto* task = std::get_if<TaskRead>(&event)) return on(*task);
  if (const auto* range = std::get_if<RangeRead>(&event)) return on(*range);
  if (const auto* end = std::get_if<InputEnded>(&event)) on(*end);
}

void Journal::on(const TaskRead& read) {
  if (match_ ? !match_->is_new(read.index) : read.index < known()) return;
  const Task& task = read.task;
  recorder_.add(NotedTask{task_at(read.index), task.function, task.args, task.kwargs, task.id, task.defect});
}

void Journal::on(const RangeRead& read) {
  const std::uint64_t end = read.first_index + read.range.count;
  if (match_) return note_new_of(read);
  const std::uint64_t first_new = std::max(read.first_index, known());
  if (first_new >= end) return;
  recorder_.add(NotedRange{first_new, &read.function, read.range.slice(first_new - read.first_index, end - first_new)});
}

void Journal::note_new_of(const RangeRead& read) {
  const std::uint64_t end = read.first_index + read.range.count;
  for (std::uint64_t place = read.first_index; place < end;) {
    const TaskList::Segment& segment = match_->list().at(place);
    const std::uint64_t behind = std::min(end, segment.place + segment.count);
    const std::uint64_t task = segment.task + (place - segment.place);
    // Recorded tasks and new ones can be neighbours in one segment.
    const std::uint64_t first_new = place + (task < known() ? known() - task : 0);
    if (first_new < behind) {
      recorder_.add(NotedRange{match_->list().task_at(first_new), &read.function,
                               read.range.slice(first_new - read.first_index, behind - first_new)});
    }
    place = behind;
  }
}

void Journal::on(const InputEnded& end) {
  if (!end.complete || rest_unknown_) return;
  recorder_.add_input_end(end.count, match_ ? match_->rows() : std::vector<TaskList::Segment>());
}

void Journal::on(const AttemptEnded& attempt) {
  if (attempt.failure == nullptr) {
    note({task_at(attempt.index), attempt.info, true, false, attempt.value, attempt.host}, attempt.function,
         attempt.value);
    if (!once_) return;
    if (auto made = once_->made(attempt.index, attempt.function, task_at(attempt.index)))
      recorder_.add(std::move(*made));
    return;
  }
  // A task that was cancelled is missing, as if this run had ended before. What it had written by then is kept all the same.
  const Failure& failure = *attempt.failure;
  const bool undone = failure.kind == FailureKind::cancelled || failure.kind == FailureKind::worker_start;
  if (undone && failure.detail.empty()) return;
  failure_bytes_.clear();
  wire::encode_failure(failure, failure_bytes_);
  note({task_at(attempt.index), attempt.info, attempt.final && !undone, true, failure_bytes_, attempt.host},
       attempt.function, failure.detail);
}

void Journal::note(NotedAttempt attempt, const Function& function, std::string_view result) {
  if (!function.is_command()) return recorder_.add(attempt);
  attempt.info.usage = command::usage_of(result);  // not what its worker used
  if (!command::has_files(result)) return recorder_.add(attempt);
  const command::Outputs outputs = command::outputs_of(result);
  std::vector<OutputFile> files;
  bool lasting = true;
  const std::array named{std::pair{"stdout", &outputs.out}, std::pair{"stderr", &outputs.err}};
  for (const auto& [what, output] : named) {
    if (!output->file) continue;
    auto shared = spilled_->share(output->file->token);
    lasting = lasting && shared.lasting;
    files.push_back({what, std::move(shared.file), shared.offset, shared.size});
  }
  recorder_.add(attempt, std::move(files));
  if (!lasting) recorder_.flush();  // before what is printed is given back to the disk
}

std::uint64_t Journal::next_recorded(std::uint64_t index) {
  if (match_) return match_->next(index).value_or(none);
  if (!outcomes_) return none;
  const std::uint64_t next = file_.reading([&] { return outcomes_->next(index); });
  return next;
}

std::uint64_t Journal::reusable() {
  if (!outcomes_) return 0;
  return file_.reading([&] {
    Statement row = file_.reader().prepare("SELECT count(*) FROM " + outcomes_of_input(file_.reader()) +
                                           (failed_too_ ? " WHERE o.ending = 'value'" : ""));
    row.step();
    return static_cast<std::uint64_t>(row.integer(0));
  });
}

RecordedOutcome Journal::take_recorded(std::uint64_t index, const Function& function) {
  ++told_again_;
  return file_.reading([&] { return outcomes_->take(task_at(index), function.is_command()); });
}

void Journal::end_failed(std::string_view why) noexcept {
  try {
    finish();
    end("failed: " + std::string(why));
  } catch (const std::exception&) {
    // The run's end stays open then, as that of one that was killed.
  }
}

std::optional<std::string> Journal::problem() const {
  if (auto displaced = file_.displaced()) return displaced;
  if (const auto error = recorder_.error()) {
    return fmt::format("the journal {} cannot be written: {}; tasks that ended since then are not in it", file_.path(),
                       *error);
  }
  return std::nullopt;
}

}  // namespace prun::journal
