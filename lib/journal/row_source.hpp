// Rows in memory as a table for SQL, so that one statement writes a whole batch instead of one row. This takes half the
// time: no parameters to bind, no statement to start and end for each row.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::journal {

/// A column of the current row; NULL if it is not set.
class ColumnResult {
 public:
  explicit ColumnResult(sqlite3_context* context) noexcept : context_(context) {}
  void integer(std::int64_t value) { ::sqlite3_result_int64(context_, value); }
  void real(double value) { ::sqlite3_result_double(context_, value); }
  /// The viewed bytes must stay valid until the next row.
  void text(std::string_view text);
  void bytes(std::string_view bytes);
  void null() { ::sqlite3_result_null(context_); }

 private:
  sqlite3_context* context_;
};

class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  /// Moves before the first row.
  virtual void rewind() = 0;
  /// Moves to the next row. Returns false if there is none.
  virtual bool next() = 0;
  virtual void column(int number, ColumnResult& result) = 0;
};

/// Adds a table `name` to the connection with the rows of `rows`. `rows` must live as long as a statement names the table.
/// One statement at a time may read it. @param columns "a, b, c" @throws SqliteError
void add_table(Database& database, const char* name, const char* columns, RowSource& rows);

}  // namespace prun::journal
