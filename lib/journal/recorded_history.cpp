// See recorded_history.hpp.
#include "journal/recorded_history.hpp"

#include "event/describe.hpp"
#include "journal/recorded_tasks.hpp"
#include "journal/schema.hpp"
#include "journal/stored_value.hpp"
#include "journal/task_list.hpp"
#include "journal/task_text.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::journal {
namespace {

using history::Attempt;
using history::History;

std::uint64_t count(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }

/// Bytes of results that stand in no row, by task and attempt.
using PieceSizes = std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t>;

PieceSizes read_piece_sizes(Database& database, std::int64_t run) {
  Statement row = database.prepare(
      "SELECT task, attempt, sum(length(bytes)) FROM pieces WHERE run = ?1 AND what IN ('value', 'stdout', 'stderr') "
      "GROUP BY task, attempt");
  row.bind(1, run);
  PieceSizes sizes;
  while (row.step()) sizes[{row.integer(0), row.integer(1)}] = count(row.integer(2));
  return sizes;
}

/// As WorkerPlaces counts hosts. A run on one machine names none.
std::uint32_t host_of(std::string_view name, const RunRecord& run, History& history) {
  return name.empty() || name == run.host ? history::WorkerPlaces::this_machine : history.workers().host_number(name);
}

/// A journal names processes. A process takes the first place that is free when it begins, as in the run.
void add_workers(Database& database, const RunRecord& run, History& history) {
  struct Place {
    std::uint32_t host;
    std::int64_t free_from;
  };
  Statement row = database.prepare(
      "SELECT worker, min(started), max(started + duration), " + host_column(database) +
      " FROM attempts WHERE run = ?1 AND worker IS NOT NULL AND started IS NOT NULL GROUP BY worker, host ORDER BY 2");
  row.bind(1, run.run);
  std::vector<Place> places;
  while (row.step()) {
    const auto pid = static_cast<std::int32_t>(row.integer(0));
    const std::int64_t from = row.integer(1) - run.started;
    const std::uint32_t host = host_of(row.bytes(3), run, history);
    auto place = std::find_if(places.begin(), places.end(),
                              [&](const Place& known) { return known.host == host && known.free_from <= from; });
    if (place == places.end()) place = places.insert(place, {host, 0});
    place->free_from = row.integer(2) - run.started;
    history.workers().works_at(static_cast<std::uint32_t>(place - places.begin()), host, pid, from);
  }
  if (history.workers().any_elsewhere()) history.raise_workers(history.workers().count());
}

/// Reads the attempts of a run in the order of the tasks, and the tasks beside them.
class AttemptReader {
 public:
  AttemptReader(Database& database, const RunRecord& run, History& history, const CallText& call_text)
      : run_(&run),
        history_(&history),
        call_text_(&call_text),
        pieces_(read_piece_sizes(database, run.run)),
        tasks_(database),
        row_(database.prepare("SELECT task, attempt, final, ending, started, duration, worker, user, system, max_rss, "
                              "type, message, signal, exit_status, pid, value, " +
                              host_column(database) + " FROM attempts WHERE run = ?1 ORDER BY task")) {
    row_.bind(1, run.run);
  }

  void read_all() {
    while (row_.step()) read_one();
  }

 private:
  void read_one() {
    history::EndedAttempt ended;
    Attempt& attempt = ended.attempt;
    attempt.index = count(row_.integer(0));
    attempt.attempt = static_cast<std::uint32_t>(row_.integer(1));
    attempt.final = row_.integer(2) != 0;
    if (!row_.is_null(4)) {
      attempt.started = std::max<std::int64_t>(row_.integer(4) - run_->started, 0);
      attempt.duration = row_.integer(5);
      attempt.worker = history_->workers().place_of(static_cast<std::int32_t>(row_.integer(6)),
                                                    host_of(row_.bytes(16), *run_, *history_));
    }
    Usage usage;
    if (read_usage(usage)) {
      ended.usage = &usage;
      attempt.cpus = history::cpus_of(usage, attempt.duration);
    }
    const RecordedTask& task = tasks_.at(attempt.index);
    attempt.function = function_of(task);
    std::string message;
    if (row_.bytes(3) == "value") {
      ended.result_bytes = result_size(attempt);
    } else {
      const Failure failure = failure_in(row_, row_.bytes(3), 10);
      attempt.failure = failure.kind;
      message = full_description(failure);
      ended.message = message;
    }
    history_->add(ended, [&] { return call_of_task(task, attempt.index); });
  }

  /// False: it was not measured.
  [[nodiscard]] bool read_usage(Usage& usage) const {
    if (row_.is_null(7)) return false;
    usage.user = std::chrono::microseconds(row_.integer(7));
    usage.system = std::chrono::microseconds(row_.integer(8));
    usage.max_rss = count(row_.integer(9));
    return true;
  }

  std::uint64_t result_size(const Attempt& attempt) {
    value_.clear();
    const bool in_pieces = row_.type(15) == SQLITE_BLOB && row_.bytes(15).empty();
    if (!in_pieces) append_value(row_, 15, value_);
    const auto pieces = pieces_.find({static_cast<std::int64_t>(attempt.index), std::int64_t{attempt.attempt}});
    return value_.size() + (pieces == pieces_.end() ? 0 : pieces->second);
  }

  std::uint32_t function_of(const RecordedTask& task) {
    if (task.range && (!last_range_ || *last_range_ != task.index)) {
      last_range_ = task.index;
      history_->calls().add_range(task.index, task.function, *task.range);
    }
    if (task.function != last_function_) {
      last_function_ = task.function;
      last_number_ = history_->calls().function_number(task.function);
    }
    return last_number_;
  }

  std::string call_of_task(const RecordedTask& task, std::uint64_t index) const {
    const std::string args = args_of(task, index);
    const std::string call = *call_text_ ? (*call_text_)(task.function, args, task.kwargs) : std::string();
    return short_call(task.function, args, task.kwargs, call);
  }

  const RunRecord* run_;
  History* history_;
  const CallText* call_text_;
  PieceSizes pieces_;
  RecordedTasks tasks_;
  Statement row_;
  std::string value_;
  std::optional<std::uint64_t> last_range_;
  std::string last_function_;
  std::uint32_t last_number_ = 0;
};

/// What is known of its end: as a run tells it, as far as the words in the journal allow.
RunEnded end_of(const RunRecord& run, const History& history, std::uint64_t tasks) {
  using How = RunEnded::How;
  RunEnded end;
  const std::string ending = run.ending.value_or("");
  for (const auto& [words, how] : {std::pair{"done", How::done},
                                   {"deadline", How::deadline},
                                   {"halted", How::halted},
                                   {"output closed", How::output_closed},
                                   {"bad input", How::bad_input},
                                   {"failed", How::failed},
                                   {"interrupted", How::interrupted}}) {
    if (ending.starts_with(words)) end.how = how;
  }
  if (ending == "interrupted by SIGINT") end.signal = SIGINT;
  if (ending == "interrupted by SIGTERM") end.signal = SIGTERM;
  end.succeeded = history.totals().succeeded;
  end.failed = history.totals().failed;
  end.stopped = history.totals().stopped;
  const std::uint64_t begun = end.succeeded + end.failed + end.stopped + history.totals().recalled;
  end.not_run = tasks > begun ? tasks - begun : 0;
  return end;
}

void read_end(Database& database, const RunRecord& run, bool running, History& history) {
  Statement recalled =
      database.prepare("SELECT count(*), count(nullif(o.ending, 'value')) FROM " +
                       outcomes_of_input(database, run.run) + " WHERE o.run < ?1 AND (?2 OR o.ending = 'value')");
  recalled.bind(1, run.run);
  const bool failures_again = run.goes_on == "resume-failed" || run.goes_on == "once";
  recalled.bind(2, std::int64_t{!failures_again});
  recalled.step();
  history.count_recalled(count(recalled.integer(0)), count(recalled.integer(1)));
  if (run.tasks) history.set_tasks(*run.tasks);
  if (run.ended) {
    const auto list = last_list(database, run.run);
    const std::uint64_t tasks = list ? list->size() : RecordedTasks(database).size();
    history.end(end_of(run, history, tasks), *run.ended - run.started, run.ending.value_or(""));
  } else if (running) {
    history.still_runs();
  }
}

}  // namespace

history::RunFacts facts_of(const RunRecord& run) {
  history::RunFacts facts;
  facts.command = run.command;
  facts.mode = run.mode;
  facts.host = run.host;
  facts.version = run.version;
  facts.workers = run.workers;
  facts.began_at = run.started;
  return facts;
}

history::History read_history(JournalFile& file, const RunRecord& run, history::RunFacts facts,
                              const CallText& call_text) {
  History history(std::move(facts));
  const bool running = !run.ended && file.in_use();
  file.reading([&] {
    Database& database = file.reader();
    database.execute("BEGIN");  // all of it as it is at one moment, also while a run goes on
    add_workers(database, run, history);
    AttemptReader(database, run, history, call_text).read_all();
    read_end(database, run, running, history);
    database.execute("COMMIT");
  });
  return history;
}

}  // namespace prun::journal
