// See recorded_durations.hpp.
#include "journal/recorded_durations.hpp"

#include "function/function.hpp"
#include "journal/recorded_tasks.hpp"
#include "journal/task_text.hpp"

#include <algorithm>
#include <functional>

namespace prun::journal {
namespace {

std::size_t hash_of(std::string_view function, std::string_view args, std::string_view kwargs) {
  const std::hash<std::string_view> hash;
  std::size_t whole = hash(function);
  for (const std::string_view part : {args, kwargs}) whole = whole * 0x9e3779b97f4a7c15u + hash(part);
  return whole;
}

}  // namespace

RecordedDurations::RecordedDurations(JournalFile& file) {
  file.reading([&] { read(file.reader()); });
}

void RecordedDurations::read(Database& database) {
  RecordedTasks tasks(database);
  Statement durations = database.prepare(
      "SELECT task, max(duration) FROM attempts WHERE duration IS NOT NULL GROUP BY task ORDER BY task");
  while (durations.step()) {
    const auto index = static_cast<std::uint64_t>(durations.integer(0));
    if (index >= tasks.size()) break;
    const RecordedTask& task = tasks.at(index);
    add(task.function, args_of(task, index), task.kwargs, static_cast<double>(durations.integer(1)));
  }
}

void RecordedDurations::add(std::string_view function, std::string_view args, std::string_view kwargs,
                            double duration) {
  double& known = durations_[hash_of(function, args, kwargs)];
  known = std::max(known, duration);
}

tl::expected<order::TaskCosts::Cost, std::string> RecordedDurations::cost_of(const Task& task) {
  const auto found = durations_.find(hash_of(task.function->name(), task.args, task.kwargs));
  return found == durations_.end() ? Cost{} : Cost(found->second);
}

}  // namespace prun::journal
