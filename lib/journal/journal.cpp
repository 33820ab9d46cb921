// See journal.hpp.
#include "journal/journal.hpp"

#include "command/command_result.hpp"
#include "function/function.hpp"
#include "journal/task_text.hpp"
#include "wire/failure.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace prun::journal {
namespace {

std::string array_of(std::int64_t number) {
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(1);
  writer.integer(number);
  return args;
}

RunRecord begun(JournalFile& file, RunRecord run) {
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
      rest_unknown_(options.rest_unknown) {
  if (file_.is_new()) return;
  file_.reading([&] {
    tasks_.emplace(file_.reader());
    outcomes_.emplace(file_.reader(), !options.failed_too, spilled_);
  });
} catch (const SqliteError& e) {
  throw JournalError("the journal " + options.path + ": " + e.what());
}

std::string Journal::other_task(std::uint64_t index, std::string_view now) {
  refused_ = true;
  return fmt::format("the journal {} is of other tasks: its task {} is {}", file_.path(), index, now);
}

RecordedRun::Difference Journal::compare(std::uint64_t index, const Task& task) {
  if (index >= known()) return std::nullopt;
  return file_.reading([&]() -> Difference {
    const RecordedTask& entry = tasks_->at(index);
    const std::string args = args_of(entry, index);
    const bool same_function = entry.function == task.function->name();
    if (same_function && entry.kwargs == task.kwargs && args == task.args) return std::nullopt;
    const std::string recorded = same_function ? task.function->call_text(args, entry.kwargs) : std::string();
    return other_task(index,
                      fmt::format("{}, this input's is {}", short_call(entry.function, args, entry.kwargs, recorded),
                                  short_call(task.function->name(), task.args, task.kwargs,
                                             task.function->call_text(task.args, task.kwargs))));
  });
}

RecordedRun::Difference Journal::compare(std::uint64_t first_index, const Function& function, const IntRange& range) {
  if (first_index >= known()) return std::nullopt;
  return file_.reading([&]() -> Difference {
    const std::uint64_t end = first_index + range.count;
    for (std::uint64_t index = first_index; index < std::min(end, known());) {
      const RecordedTask& entry = tasks_->at(index);
      const std::uint64_t last = std::min(entry.index + entry.count, end) - 1;
      // Both are progressions: where they agree at both ends of what they share, they agree between.
      for (const std::uint64_t at : {index, last}) {
        const std::string args = array_of(range[at - first_index]);
        if (entry.function == function.name() && entry.kwargs.empty() && args_of(entry, at) == args) continue;
        return other_task(
            at, fmt::format("{}, this input's is {}", call_of(entry, at), short_call(function.name(), args, {})));
      }
      index = last + 1;
    }
    return std::nullopt;
  });
}

RecordedRun::Difference Journal::compare_end(std::uint64_t count) {
  if (rest_unknown_ || count >= known()) return std::nullopt;
  return file_.reading([&]() -> Difference {
    return other_task(count, fmt::format("{}, this input has {} task{}", call_of(tasks_->at(count), count), count,
                                         count == 1 ? "" : "s"));
  });
}

void Journal::on_event(const RunEvent& event) {
  if (const auto* attempt = std::get_if<AttemptEnded>(&event)) return on(*attempt);
  if (const auto* task = std::get_if<TaskRead>(&event)) return on(*task);
  if (const auto* range = std::get_if<RangeRead>(&event)) return on(*range);
  if (const auto* end = std::get_if<InputEnded>(&event)) on(*end);
}

void Journal::on(const TaskRead& read) {
  if (read.index < known()) return;
  const Task& task = read.task;
  recorder_.add(NotedTask{read.index, task.function, task.args, task.kwargs, task.id, task.defect});
}

void Journal::on(const RangeRead& read) {
  const std::uint64_t first_new = std::max(read.first_index, known());
  const std::uint64_t end = read.first_index + read.range.count;
  if (first_new >= end) return;
  recorder_.add(NotedRange{first_new, &read.function, read.range.slice(first_new - read.first_index, end - first_new)});
}

void Journal::on(const InputEnded& end) {
  if (end.complete && !rest_unknown_) recorder_.add_input_end(end.count);
}

void Journal::on(const AttemptEnded& attempt) {
  if (attempt.failure == nullptr)
    return note({attempt.index, attempt.info, true, false, attempt.value, attempt.host}, attempt.function, attempt.value);
  // A task that was cancelled is missing, as if this run had ended before. What it had written by then is kept all the same.
  const Failure& failure = *attempt.failure;
  const bool undone = failure.kind == FailureKind::cancelled || failure.kind == FailureKind::worker_start;
  if (undone && failure.detail.empty()) return;
  failure_bytes_.clear();
  wire::encode_failure(failure, failure_bytes_);
  note({attempt.index, attempt.info, attempt.final && !undone, true, failure_bytes_, attempt.host}, attempt.function,
       failure.detail);
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
  if (!outcomes_) return none;
  const std::uint64_t next = file_.reading([&] { return outcomes_->next(index); });
  if (next == none) outcomes_.reset();
  return next;
}

RecordedOutcome Journal::take_recorded(std::uint64_t index, const Function& function) {
  ++told_again_;
  return file_.reading([&] { return outcomes_->take(index, function.is_command()); });
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
