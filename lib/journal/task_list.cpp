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

std::optional<TaskList> last_list(Database& database) {
  if (database.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'lists'") == 0) return {};
  Statement row =
      database.prepare("SELECT place, task, count FROM lists WHERE run = (SELECT max(run) FROM lists) ORDER BY place");
  std::optional<TaskList> list;
  while (row.step()) {
    if (!list) list.emplace();
    const std::int64_t count = row.integer(2);
    if (row.integer(0) != static_cast<std::int64_t>(list->size()) || row.integer(1) < 0 || count <= 0)
      throw wire::DecodeError("the list of the tasks of a run is not whole");
    list->add(static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(count));
  }
  return list;
}

std::uint64_t count_tasks(Database& database) {
  const auto list = last_list(database);
  return list ? list->size() : RecordedTasks(database).size();
}

}  // namespace prun::journal
