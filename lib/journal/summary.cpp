// See summary.hpp.
#include "journal/summary.hpp"

#include "event/describe.hpp"
#include "journal/recorded_tasks.hpp"
#include "journal/schema.hpp"
#include "journal/task_list.hpp"
#include "journal/task_text.hpp"

#include <algorithm>
#include <string_view>

namespace prun::journal {
namespace {

std::uint64_t count(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }

void add_outcomes(Database& database, const std::string& outcomes, Summary& summary) {
  Statement row = database.prepare("SELECT o.ending, count(*) FROM " + outcomes +
                                   " GROUP BY o.ending ORDER BY count(*) DESC, o.ending");
  while (row.step()) {
    if (row.bytes(0) == "value") {
      summary.succeeded = count(row.integer(1));
    } else {
      summary.failures.push_back({std::string(row.bytes(0)), count(row.integer(1))});
      summary.failed += count(row.integer(1));
    }
  }
}

void add_times(Database& database, Summary& summary) {
  Statement row = database.prepare(
      "SELECT count(*), sum(duration) / 1e9, max(duration) / 1e9, sum(user + system) / 1e6, max(max_rss) FROM "
      "attempts");
  row.step();
  summary.attempts = count(row.integer(0));
  summary.times = {row.real(1), row.real(2), row.real(3), count(row.integer(4))};
}

/// Looks up the calls afterwards, in the order of the tasks.
void add_calls(Database& database, std::vector<Summary::Task>& tasks, const CallText& call_text) {
  std::vector<Summary::Task*> in_order;
  in_order.reserve(tasks.size());
  for (Summary::Task& task : tasks) in_order.push_back(&task);
  std::sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) { return a->task < b->task; });
  RecordedTasks recorded(database);
  for (Summary::Task* task : in_order) {
    const RecordedTask& entry = recorded.at(task->task);
    const std::string args = args_of(entry, task->task);
    const std::string call = call_text ? call_text(entry.function, args, entry.kwargs) : std::string();
    task->call = short_call(entry.function, args, entry.kwargs, call);
  }
}

std::vector<Summary::Task> tasks_of(Database& database, const std::string& outcomes, std::string_view which,
                                    std::size_t most, const CallText& call_text) {
  Statement row = database.prepare(
      "SELECT o.task, ending, duration / 1e9, (SELECT count(*) FROM attempts AS a WHERE a.task = o.task), type, "
      "message, signal, exit_status, pid, " +
      host_column(database) + " FROM " + outcomes + ' ' + std::string(which) + " LIMIT ?1");
  row.bind(1, static_cast<std::int64_t>(most));
  std::vector<Summary::Task> tasks;
  while (row.step()) {
    Summary::Task task{count(row.integer(0)), {}, std::string(row.bytes(1)), {}, row.real(2), count(row.integer(3))};
    if (task.ending != "value") {
      task.what = describe(failure_in(row, task.ending, 4), 1, row.bytes(9));
    }
    tasks.push_back(std::move(task));
  }
  add_calls(database, tasks, call_text);
  return tasks;
}

}  // namespace

Summary summarize(JournalFile& file, std::size_t most, const CallText& call_text) {
  Summary summary;
  const bool in_use = file.in_use();  // before the runs are read: a run that ends in between then has its end
  summary.runs = read_runs(file);
  summary.running = in_use && !summary.runs.empty() && !summary.runs.back().ended;
  file.reading([&] {
    Database& database = file.reader();
    database.execute("BEGIN");  // one snapshot, also while a run continues
    const InputSize input = input_size(database);
    summary.tasks = input.tasks;
    summary.gone = RecordedTasks(database).size() - summary.tasks;
    summary.whole = input_is_whole(summary.runs, input);
    const std::string outcomes = outcomes_of_input(database);
    add_outcomes(database, outcomes, summary);
    add_times(database, summary);
    summary.failed_tasks = tasks_of(database, outcomes, "WHERE ending <> 'value' ORDER BY o.task", most, call_text);
    summary.slowest =
        tasks_of(database, outcomes, "WHERE duration IS NOT NULL ORDER BY duration DESC, o.task", most, call_text);
    database.execute("COMMIT");
  });
  return summary;
}

}  // namespace prun::journal
