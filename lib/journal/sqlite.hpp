// Owner types for SQLite: a connection, a statement, a transaction. It does not know tasks and journals.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace prun::journal {

/// An error of SQLite; `what()` is its message.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  [[nodiscard]] int code() const noexcept { return code_ & 0xff; }  ///< SQLITE_FULL and others
  /// The database has bytes that SQLite did not write.
  [[nodiscard]] bool damaged() const noexcept { return code() == SQLITE_CORRUPT || code() == SQLITE_NOTADB; }

 private:
  int code_;
};

/// A prepared statement. Bound text and bytes must live until the next `step` or `run`.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, double value);
  Statement& bind_text(int place, std::string_view text);
  Statement& bind_bytes(int place, std::string_view bytes);
  Statement& bind_null(int place);

  /// Moves to the next row. Returns false if there is none.
  bool step();
  /// Runs it to its end and resets it. Bindings are kept.
  void run();
  void reset() noexcept { ::sqlite3_reset(statement_.get()); }

  [[nodiscard]] int type(int column) const { return ::sqlite3_column_type(statement_.get(), column); }
  [[nodiscard]] bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  [[nodiscard]] std::int64_t integer(int column) const { return ::sqlite3_column_int64(statement_.get(), column); }
  [[nodiscard]] double real(int column) const { return ::sqlite3_column_double(statement_.get(), column); }
  /// Text or bytes, valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { ::sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// @param flags as sqlite3_open_v2 takes them. @throws SqliteError
  Database(const std::string& path, int flags);

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
  void execute(const char* sql);
  [[nodiscard]] Statement prepare(std::string_view sql) { return {handle_.get(), sql}; }
  /// The first column of the only row.
  [[nodiscard]] std::int64_t integer(std::string_view sql);
  /// The same as text.
  [[nodiscard]] std::string text(std::string_view sql);
  /// How long to wait while another process writes.
  void set_patience(int milliseconds) { check(::sqlite3_busy_timeout(handle_.get(), milliseconds)); }

 private:
  void check(int code) const;

  struct Close {
    void operator()(sqlite3* handle) const noexcept { ::sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(&database) { database.execute("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database* database_;
  bool open_ = true;
};

}  // namespace prun::journal
