// See sqlite.hpp.
#include "journal/sqlite.hpp"

#include "sys/process_limit.hpp"

#include <cerrno>
#include <system_error>

namespace prun::journal {

namespace {

/// SQLite reports that it cannot open a file, and not why.
[[noreturn]] void throw_error(int code, sqlite3* database) {
  if (database == nullptr) throw SqliteError(code, "out of memory");
  if ((code & 0xff) == SQLITE_CANTOPEN && ::sqlite3_system_errno(database) == EMFILE) {
    throw SqliteError(SQLITE_ERROR, std::generic_category().message(EMFILE) + sys::limit_advice(EMFILE));
  }
  throw SqliteError(code, ::sqlite3_errmsg(database));
}

/// Counting SQLite's allocations takes a lock at each one, and nothing uses the count.
void count_no_memory() {
  static const int once = ::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);  // fails if other code of this process uses SQLite already
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = ::sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
  if (code != SQLITE_OK) throw_error(code, database);
  statement_.reset(statement);
}

void Statement::check(int code) const {
  if (code == SQLITE_OK) return;
  throw_error(code, ::sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int place, std::int64_t value) {
  check(::sqlite3_bind_int64(statement_.get(), place, value));
  return *this;
}

Statement& Statement::bind(int place, double value) {
  check(::sqlite3_bind_double(statement_.get(), place, value));
  return *this;
}

Statement& Statement::bind_text(int place, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  check(::sqlite3_bind_text64(statement_.get(), place, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_bytes(int place, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  check(::sqlite3_bind_blob64(statement_.get(), place, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null(int place) {
  check(::sqlite3_bind_null(statement_.get(), place));
  return *this;
}

bool Statement::step() {
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const std::string what = ::sqlite3_errmsg(::sqlite3_db_handle(statement_.get()));
  reset();
  throw SqliteError(code, what);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

std::string_view Statement::bytes(int column) const {
  const void* data = ::sqlite3_column_blob(statement_.get(), column);
  const int size = ::sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr && ::sqlite3_errcode(::sqlite3_db_handle(statement_.get())) == SQLITE_NOMEM) {
    throw SqliteError(SQLITE_NOMEM, "out of memory");
  }
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Database::Database(const std::string& path, int flags) {
  count_no_memory();
  sqlite3* handle = nullptr;
  const int code = ::sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) throw_error(code, handle);
  check(::sqlite3_extended_result_codes(handle, 1));
}

void Database::check(int code) const {
  if (code != SQLITE_OK) throw_error(code, handle_.get());
}

void Database::execute(const char* sql) { check(::sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr)); }

std::int64_t Database::integer(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? std::string(statement.bytes(0)) : std::string();
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_->execute("ROLLBACK");
  } catch (const SqliteError&) {  // then SQLite has rolled back by itself
  }
}

void Transaction::commit() {
  database_->execute("COMMIT");
  open_ = false;
}

}  // namespace prun::journal
