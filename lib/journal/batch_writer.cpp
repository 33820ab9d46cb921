// See batch_writer.hpp.
#include "journal/batch_writer.hpp"

#include "function/function.hpp"
#include "journal/stored_value.hpp"
#include "sys/error.hpp"
#include "wire/failure.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace prun::journal {
namespace {

constexpr std::string_view attempt_columns =
    "INSERT INTO attempts (task, run, attempt, final, ending, value, started, duration, worker, user, system, max_rss, "
    "minor_faults, major_faults, host";

std::string with_columns(std::string_view more, int count) {
  std::string sql(attempt_columns);
  sql.append(more).append(") VALUES (?1");
  for (int i = 2; i <= count; ++i) sql += ", ?" + std::to_string(i);
  return sql + ')';
}

std::int64_t stored(std::uint64_t number) noexcept { return static_cast<std::int64_t>(number); }

template <class Noted, class Write>
void for_each(const NotedList<Noted>& list, Write write) {
  Noted noted;
  for (typename NotedList<Noted>::Reader reader(list); reader.next(noted);) write(noted);
}

void bind_text_or_null(Statement& statement, int place, std::string_view text) {
  if (text.empty()) {
    statement.bind_null(place);
  } else {
    statement.bind_text(place, text);
  }
}

void bind_or_null(Statement& statement, int place, std::int64_t number) {
  if (number == 0) {
    statement.bind_null(place);
  } else {
    statement.bind(place, number);
  }
}

}  // namespace

BatchWriter::BatchWriter(Database& database, std::int64_t run)
    : database_(&database),
      run_(run),
      add_function_(database.prepare("INSERT OR IGNORE INTO functions (name) VALUES (?1)")),
      find_function_(database.prepare("SELECT function FROM functions WHERE name = ?1")),
      task_rows_(functions_),
      value_rows_(run),
      add_tasks_(database.prepare(task_rows_.insertion(database))),
      add_values_(database.prepare(value_rows_.insertion(database))),
      add_task_(database.prepare("INSERT INTO tasks (task, count, function, args, kwargs, id, defect) "
                                 "VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)")),
      add_range_(
          database.prepare("INSERT INTO tasks (task, count, function, first, step) VALUES (?1, ?2, ?3, ?4, ?5)")),
      add_value_(database.prepare(with_columns("", 15))),
      add_failure_(
          database.prepare(with_columns(", type, message, place, signal, exit_status, pid, traceback, detail", 23))),
      add_piece_(database.prepare("INSERT INTO pieces VALUES (?1, ?2, ?3, ?4, ?5, ?6)")),
      set_input_(database.prepare("UPDATE runs SET tasks = ?1 WHERE run = ?2")),
      add_segment_(database.prepare("INSERT INTO lists (run, place, task, count) VALUES (?1, ?2, ?3, ?4)")),
      add_made_(database.prepare("INSERT OR REPLACE INTO made (task, run, code) VALUES (?1, ?2, ?3)")),
      drop_inputs_(database.prepare("DELETE FROM inputs WHERE task = ?1")),
      add_input_(database.prepare("INSERT INTO inputs (task, number, name, size, mtime, hash) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")) {
  add_value_.bind(2, run_).bind(4, std::int64_t{1}).bind_text(5, "value");
  add_failure_.bind(2, run_).bind_null(6);
}

void BatchWriter::write(Batch& batch) {
  using std::chrono::steady_clock, std::chrono::system_clock;
  to_system_ = system_clock::now().time_since_epoch() - steady_clock::now().time_since_epoch();
  files_ = &batch.files();
  next_file_ = 0;
  const std::vector<std::string> hashes = hashes_of(batch.made());
  Transaction transaction(*database_);
  write_tasks(batch);
  write_attempts(batch);
  write_made(batch.made(), hashes);
  if (const auto count = batch.input_count()) set_input_.bind(1, stored(*count)).bind(2, run_).run();
  for (const TaskList::Segment& part : batch.list())
    add_segment_.bind(1, run_).bind(2, stored(part.place)).bind(3, stored(part.task)).bind(4, stored(part.count)).run();
  transaction.commit();
}

void BatchWriter::write_tasks(const Batch& batch) {
  for (const Function* function : batch.functions()) static_cast<void>(id_of(*function));
  if (!batch.tasks().empty()) {
    task_rows_.show(batch.tasks());
    add_tasks_.run();
  }
  for_each(batch.large_tasks(), [this](const NotedTask& task) { write_large_task(task); });
  for_each(batch.ranges(), [this](const NotedRange& range) { write_range(range); });
}

void BatchWriter::write_attempts(const Batch& batch) {
  if (!batch.values().empty()) {
    value_rows_.show(batch.values(), to_system_);
    add_values_.run();
  }
  for_each(batch.other_attempts(), [this](const NotedAttempt& attempt) { write_attempt(attempt); });
}

/// Of all their inputs, one after another. Before the transaction begins, for it takes as long as reading them.
std::vector<std::string> BatchWriter::hashes_of(const std::vector<MadeTask>& made) {
  std::vector<std::string> hashes;
  for (const MadeTask& task : made) {
    for (const FileState& input : task.inputs) {
      hashes.push_back(hash_of_file(input.name));
      if (state_of(input.name) != input) hashes.back().clear();  // it is of another content
    }
  }
  return hashes;
}

void BatchWriter::write_made(const std::vector<MadeTask>& made, const std::vector<std::string>& hashes) {
  auto hash = hashes.begin();
  for (const MadeTask& task : made) {
    add_made_.bind(1, stored(task.task)).bind(2, run_).bind_text(3, task.code).run();
    drop_inputs_.bind(1, stored(task.task)).run();
    std::int64_t number = 0;
    for (const FileState& input : task.inputs) {
      add_input_.bind(1, stored(task.task)).bind(2, number++).bind_text(3, input.name);
      add_input_.bind(4, stored(input.size)).bind(5, input.modified).bind_text(6, *hash++).run();
    }
  }
}

std::int64_t BatchWriter::id_of(const Function& function) {
  auto [known, added] = functions_.try_emplace(&function, 0);
  if (!added) return known->second;
  try {
    add_function_.bind_text(1, function.name()).run();
    find_function_.bind_text(1, function.name());
    if (!find_function_.step()) throw SqliteError(SQLITE_CORRUPT, "the function that was added is not there");
    known->second = find_function_.integer(0);
    find_function_.reset();
  } catch (...) {
    functions_.erase(known);
    throw;
  }
  return known->second;
}

void BatchWriter::bind_or_store(Statement& statement, int place, const Owner& owner, const char* what,
                                std::string_view value, std::string& text) {
  if (value.size() <= largest_in_row) return bind_value(statement, place, value, text);
  statement.bind_bytes(place, {});
  for (std::size_t at = 0, piece = 0; at < value.size(); at += piece_size) {
    store_piece(owner, what, static_cast<std::int64_t>(piece++), value.substr(at, piece_size));
  }
}

void BatchWriter::store_piece(const Owner& owner, const char* what, std::int64_t piece, std::string_view bytes) {
  add_piece_.bind(1, stored(owner.task)).bind(2, owner.run).bind(3, std::int64_t{owner.attempt});
  add_piece_.bind_text(4, what).bind(5, piece).bind_bytes(6, bytes).run();
}

void BatchWriter::write_large_task(const NotedTask& task) {
  const Owner owner{task.index, 0, 0};
  add_task_.bind(1, stored(task.index)).bind(2, id_of(*task.function));
  bind_or_store(add_task_, 3, owner, "args", task.args, texts_[0]);
  bind_or_store(add_task_, 4, owner, "kwargs", task.kwargs, texts_[1]);
  bind_or_store(add_task_, 5, owner, "id", task.id, texts_[2]);
  bind_text_or_null(add_task_, 6, task.defect);
  add_task_.run();
}

void BatchWriter::write_range(const NotedRange& range) {
  add_range_.bind(1, stored(range.first_index)).bind(2, stored(range.range.count)).bind(3, id_of(*range.function));
  add_range_.bind(4, range.range.start).bind(5, range.range.step).run();
}

void BatchWriter::write_attempt(const NotedAttempt& attempt) {
  const Owner owner{attempt.index, run_, attempt.info.attempt};
  if (attempt.failed) {
    write_failure(attempt, owner);
  } else {
    add_value_.bind(1, stored(attempt.index)).bind(3, std::int64_t{attempt.info.attempt});
    bind_or_store(add_value_, 6, owner, "value", attempt.outcome, texts_[0]);
    bind_info(add_value_, attempt);
    add_value_.run();
  }
  store_files(owner, attempt.files);
}

void BatchWriter::bind_info(Statement& statement, const NotedAttempt& attempt) {
  const detail::AttemptInfo& info = attempt.info;
  bind_text_or_null(statement, 15, attempt.host);
  if (info.started_ns != 0) {
    statement.bind(7, info.started_ns + to_system_.count()).bind(8, info.duration_ns);
  } else {
    statement.bind_null(7).bind_null(8);
  }
  bind_or_null(statement, 9, info.worker);
  if (!info.usage) {
    for (int place = 10; place <= 14; ++place) statement.bind_null(place);
    return;
  }
  const Usage& usage = *info.usage;
  statement.bind(10, std::int64_t{usage.user.count()}).bind(11, std::int64_t{usage.system.count()});
  statement.bind(12, stored(usage.max_rss)).bind(13, stored(usage.minor_faults)).bind(14, stored(usage.major_faults));
}

void BatchWriter::write_failure(const NotedAttempt& attempt, const Owner& owner) {
  const Failure failure = wire::decode_failure(attempt.outcome);
  Statement& row = add_failure_;
  row.bind(1, stored(attempt.index)).bind(3, std::int64_t{attempt.info.attempt});
  row.bind(4, std::int64_t{attempt.final}).bind_text(5, name_of(failure.kind));
  bind_info(row, attempt);
  bind_text_or_null(row, 16, failure.type);
  bind_text_or_null(row, 17, failure.message);
  bind_text_or_null(row, 18, failure.where);
  bind_or_null(row, 19, failure.signal);
  bind_or_null(row, 20, failure.exit_status);
  bind_or_null(row, 21, failure.pid);
  bind_text_or_null(row, 22, failure.traceback);
  bind_or_store(row, 23, owner, "detail", failure.detail, texts_[0]);
  row.run();
}

void BatchWriter::store_files(const Owner& owner, std::uint32_t count) {
  std::string bytes;
  for (; count > 0; --count) {
    const OutputFile& output = (*files_)[next_file_++];
    std::uint64_t done = 0;
    for (std::int64_t piece = 0; done < output.size; ++piece) {
      bytes.resize(std::min<std::uint64_t>(piece_size, output.size - done));
      const auto got = sys::retry_interrupted([&] {
        return ::pread(output.file.get(), bytes.data(), bytes.size(), output.offset + static_cast<off_t>(done));
      });
      if (got < 0) sys::throw_errno("cannot read a large output from its temporary file");
      if (got == 0) throw std::runtime_error("the temporary file of a large output is shorter than the output");
      bytes.resize(static_cast<std::size_t>(got));
      store_piece(owner, output.what, piece, bytes);
      done += bytes.size();
    }
  }
}

}  // namespace prun::journal
