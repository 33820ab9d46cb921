// See schema.hpp.
#include "journal/schema.hpp"

#include <string_view>

namespace prun::journal {

/// schema.sql, whose last character is followed by a zero.
std::string_view schema_sql() noexcept;

void create_schema(Database& database) {
  database.execute("PRAGMA page_size = 8192");
  if (database.text("PRAGMA journal_mode = WAL") != "wal") {
    throw SqliteError(SQLITE_IOERR, "its file system does not support SQLite's write-ahead log");
  }
  Transaction transaction(database);
  database.execute(schema_sql().data());
  transaction.commit();
}

}  // namespace prun::journal
