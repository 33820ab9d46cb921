// See list_match.hpp.
#include "journal/list_match.hpp"

#include "function/function.hpp"
#include "journal/task_text.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace prun::journal {
namespace {

constexpr std::uint64_t largest_compared_range = 10'000'000;

}  // namespace

ListMatch::ListMatch(Database& database, RecordedTasks& tasks, std::uint64_t same, bool failures_too, Once* once)
    : recorded_(tasks.size()), next_new_(recorded_), tasks_(&tasks), once_(once), last_(last_list(database)) {
  if (last_) {
    last_by_task_ = last_->segments();
    std::ranges::sort(last_by_task_, {}, &TaskList::Segment::task);
    known_.emplace(tasks, same);
  }
  note_outcomes(database, failures_too);
  add_same(same);
  same_ = same;
}

/// The first tasks of the input, which are the first recorded ones.
void ListMatch::add_same(std::uint64_t count) {
  const std::uint64_t with_outcome = std::min<std::uint64_t>(count, outcome_of_.size());
  for (std::uint64_t number = 0; number < with_outcome; ++number) add(std::optional(number), outcome_of_[number] != 0);
  list_.add(with_outcome, count - with_outcome);
  known_count_ += count - with_outcome;
  kept_ += count - with_outcome;
}

bool ListMatch::was_in_list(std::uint64_t number) const {
  if (!last_) return true;
  const auto behind = std::ranges::upper_bound(last_by_task_, number, {}, &TaskList::Segment::task);
  return behind != last_by_task_.begin() && number - std::prev(behind)->task < std::prev(behind)->count;
}

std::vector<TaskList::Segment> ListMatch::rows() const {
  const bool as_recorded = list_.size() == next_new_ && list_.segments().size() <= 1;
  if (last_ ? list_.segments() == last_->segments() : as_recorded) return {};
  std::vector<TaskList::Segment> rows = list_.segments();
  rows.push_back({list_.size(), next_new_, 0});
  return rows;
}

// In the order of the key, so that the last row of a task counts.
void ListMatch::note_outcomes(Database& database, bool failures_too) {
  const std::int64_t numbers = database.integer("SELECT coalesce(max(task), -1) + 1 FROM attempts WHERE final");
  outcome_of_.assign(std::min(static_cast<std::uint64_t>(numbers), recorded_), 0);
  Statement row = database.prepare("SELECT task, run, ending = 'value' FROM attempts WHERE final ORDER BY task, run");
  while (row.step()) {
    const auto task = static_cast<std::uint64_t>(row.integer(0));
    const bool counts = failures_too || row.integer(2) != 0;
    if (task < outcome_of_.size()) outcome_of_[task] = counts ? static_cast<std::uint32_t>(row.integer(1)) : 0;
  }
}

void ListMatch::add(std::optional<std::uint64_t> known, bool has_outcome) {
  const std::uint64_t place = list_.size();
  list_.add(known ? *known : next_new_++, 1);
  if (!known) return;
  ++known_count_;
  if (was_in_list(*known)) ++kept_;
  if (!has_outcome) return;
  ++reused_;
  if (!ready_.empty() && ready_.back().end == place) {
    ++ready_.back().end;
  } else {
    ready_.push_back({place, place + 1});
  }
}

/// The recorded task that is this one. As long as the input is the recorded one, that is the next.
std::optional<std::uint64_t> ListMatch::take(const Task& task) {
  if (!known_) {
    if (same_ == recorded_) return std::nullopt;
    const RecordedTask& next = tasks_->at(same_);
    if (next.function == task.function->name() && next.id == task.id && next.kwargs == task.kwargs &&
        args_of(next, same_) == task.args)
      return same_++;
    known_.emplace(*tasks_, same_);
  }
  return known_->take(task);
}

void ListMatch::add(const Task& task) {
  const auto known = take(task);
  const std::uint32_t outcome = outcome_of(known);
  add(known, once_ != nullptr ? once_->is_done(list_.size(), task, known, outcome) : outcome != 0);
}

void ListMatch::add(const Function& function, const IntRange& range) {
  if (range.count > largest_compared_range) {
    list_.add(next_new_, range.count);
    next_new_ += range.count;
    return;
  }
  Task task{&function, {}, {}, {}, {}};
  for (std::uint64_t i = 0; i < range.count; ++i) {
    task.args = args_of(range[i]);
    add(task);
  }
}

std::optional<std::uint64_t> ListMatch::next(std::uint64_t place) {
  while (!ready_.empty() && ready_.front().end <= place) ready_.pop_front();
  if (!ready_.empty()) return std::max(place, ready_.front().first);
  return ended_ ? std::nullopt : std::optional(list_.size());
}

ListMatch::Counts ListMatch::counts() const {
  return {reused_, known_count_, list_.size() - known_count_,
          ended_ ? std::optional(in_last_list() - kept_) : std::nullopt, ended_ && !rows().empty()};
}

}  // namespace prun::journal
