// See task_list.hpp.
#include "journal/task_list.hpp"

#include "journal/recorded_tasks.hpp"
#include "wire/value.hpp"

#include <algorithm>

namespace prun::journal {

void TaskList::add(std::uint64_t task, std::uint64_t count) {
  if (count == 0) return;
  if (!segments_.empty() && segments_.back().task + segments_.back().count == task) {
    segments_.back().count += count;
  } else {
    segments_.push_back({size_, task, count});
  }
  size_ += count;
}

const TaskList::Segment& TaskList::at(std::uint64_t place) const {
  const auto has = [&](std::size_t i) {
    return i < segments_.size() && place - segments_[i].place < segments_[i].count;
  };
  if (!has(last_) && !has(++last_)) {
    const auto next = std::ranges::upper_bound(segments_, place, {}, &Segment::place);
    last_ = static_cast<std::size_t>(next - segments_.begin()) - 1;
  }
  return segments_[last_];
}

namespace {

/// The last run that has a list; 0: none has.
std::int64_t run_of_last_list(Database& database, std::int64_t last) {
  if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'lists'") == 0) return 0;
  Statement row = database.prepare("SELECT coalesce(max(run), 0) FROM lists WHERE run <= ?1");
  row.bind(1, last);
  row.step();
  return row.integer(0);
}

}  // namespace

std::optional<TaskList> last_list(Database& database, std::int64_t last) {
  const std::int64_t run = run_of_last_list(database, last);
  if (run == 0) return std::nullopt;
  const std::uint64_t recorded = RecordedTasks(database).size();
  Statement row = database.prepare("SELECT place, task, count FROM lists WHERE run = ?1 ORDER BY place, count DESC");
  row.bind(1, run);
  TaskList list;
  std::uint64_t behind = recorded;  // the first task that the run did not know
  while (row.step()) {
    const auto task = static_cast<std::uint64_t>(row.integer(1));
    const auto count = static_cast<std::uint64_t>(row.integer(2));
    if (row.integer(0) != static_cast<std::int64_t>(list.size()) || task > recorded || count > recorded - task)
      throw wire::DecodeError("the task list of a run has gaps");
    list.add(task, count);
    if (count == 0) behind = task;
  }
  if (run != last) list.add(behind, recorded - behind);
  return list;
}

std::string outcomes_of_input(Database& database, std::int64_t last) {
  const std::int64_t run = run_of_last_list(database, last);
  if (run == 0) return "outcomes AS o";
  const std::string end = run != last ? " OR (l.count = 0 AND o.task >= l.task)" : "";
  return "(SELECT * FROM lists WHERE run = " + std::to_string(run) +
         ") AS l JOIN outcomes AS o ON o.task BETWEEN l.task AND l.task + l.count - 1" + end;
}

InputSize input_size(Database& database) {
  const auto list = last_list(database);
  return {list ? list->size() : RecordedTasks(database).size(), run_of_last_list(database, any_run)};
}

}  // namespace prun::journal
