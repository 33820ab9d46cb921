#include "journal/noted_rows.hpp"

#include "journal/stored_value.hpp"

namespace prun::journal {
namespace {

std::int64_t stored(std::uint64_t number) noexcept { return static_cast<std::int64_t>(number); }

std::string insertion_from(Database& database, RowSource& rows, const std::string& table, const std::string& columns) {
  const std::string name = "noted_" + table;
  add_table(database, name.c_str(), columns.c_str(), rows);
  return "INSERT INTO " + table + " (" + columns + ") SELECT * FROM " + name;
}

}  // namespace

std::string NotedTaskRows::insertion(Database& database) {
  return insertion_from(database, *this, "tasks", "task, count, function, args, kwargs, id, defect");
}

void NotedTaskRows::column(int number, ColumnResult& result) {
  switch (number) {
    case 0: return result.integer(stored(task_.index));
    case 1: return result.integer(1);
    case 2: return result.integer(ids_->at(task_.function));
    case 3: return give_value(result, task_.args, texts_[0]);
    case 4: return give_value(result, task_.kwargs, texts_[1]);
    case 5: return give_value(result, task_.id, texts_[2]);
    case 6: return task_.defect.empty() ? result.null() : result.text(task_.defect);
    default: return;
  }
}

std::string NotedValueRows::insertion(Database& database) {
  return insertion_from(database, *this, "attempts",
                        "task, run, attempt, final, ending, value, started, duration, worker, user, system, max_rss, "
                        "minor_faults, major_faults, host");
}

void NotedValueRows::column(int number, ColumnResult& result) {
  const detail::AttemptInfo& info = attempt_.info;
  switch (number) {
    case 0: return result.integer(stored(attempt_.index));
    case 1: return result.integer(run_);
    case 2: return result.integer(info.attempt);
    case 3: return result.integer(1);
    case 4: return result.text("value");
    case 5: return give_value(result, attempt_.outcome, text_);
    default: break;
  }
  if (number <= 7) {
    if (info.started_ns == 0) return;
    return result.integer(number == 6 ? info.started_ns + to_system_.count() : info.duration_ns);
  }
  if (number == 8) return info.worker == 0 ? result.null() : result.integer(info.worker);
  if (number == 14) return attempt_.host.empty() ? result.null() : result.text(attempt_.host);
  if (!info.usage) return;
  const Usage& usage = *info.usage;
  switch (number) {
    case 9: return result.integer(usage.user.count());
    case 10: return result.integer(usage.system.count());
    case 11: return result.integer(stored(usage.max_rss));
    case 12: return result.integer(stored(usage.minor_faults));
    case 13: return result.integer(stored(usage.major_faults));
    default: return;
  }
}

}  // namespace prun::journal
