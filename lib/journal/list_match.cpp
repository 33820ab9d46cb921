// See list_match.hpp.
#include "journal/list_match.hpp"

#include "function/function.hpp"
#include "journal/task_text.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <string>

namespace prun::journal {
namespace {

constexpr std::uint64_t largest_compared_range = 10'000'000;

}  // namespace

ListMatch::ListMatch(Database& database, RecordedTasks& tasks, std::uint64_t same, bool failures_too, Once* once)
    : recorded_(tasks.size()), next_new_(recorded_), in_last_list_(recorded_), tasks_(&tasks), once_(once) {
  if (const auto last = last_list(database)) {
    in_last_list_ = last->size();
    gone_before_.assign(recorded_, true);
    for (const TaskList::Segment& segment : last->segments()) {
      for (std::uint64_t i = 0; i < segment.count; ++i) gone_before_.at(segment.task + i) = false;
    }
    known_.emplace(tasks, same);
  }
  note_outcomes(database, failures_too);
  for (std::uint64_t number = 0; number < same; ++number) add(std::optional(number), outcome_of_[number] != 0);
  same_ = same;
}

// In the order of the key, so that the last row of a task counts.
void ListMatch::note_outcomes(Database& database, bool failures_too) {
  outcome_of_.assign(recorded_, 0);
  Statement row = database.prepare("SELECT task, run, ending = 'value' FROM attempts WHERE final ORDER BY task, run");
  while (row.step()) {
    const auto task = static_cast<std::uint64_t>(row.integer(0));
    const bool counts = failures_too || row.integer(2) != 0;
    if (task < recorded_) outcome_of_[task] = counts ? static_cast<std::uint32_t>(row.integer(1)) : 0;
  }
}

void ListMatch::add(std::optional<std::uint64_t> known, bool has_outcome) {
  const std::uint64_t place = list_.size();
  list_.add(known ? *known : next_new_++, 1);
  if (!known) return;
  ++known_count_;
  if (gone_before_.empty() || !gone_before_[*known]) ++kept_;
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
    task.args.clear();
    wire::ValueWriter writer(task.args);
    writer.array(1);
    writer.integer(range[i]);
    add(task);
  }
}

std::optional<std::uint64_t> ListMatch::next(std::uint64_t place) {
  while (!ready_.empty() && ready_.front().end <= place) ready_.pop_front();
  if (!ready_.empty()) return std::max(place, ready_.front().first);
  return ended_ ? std::nullopt : std::optional(list_.size());
}

ListMatch::Counts ListMatch::counts() const noexcept {
  return {reused_, known_count_, list_.size() - known_count_, in_last_list_ - kept_};
}

}  // namespace prun::journal
