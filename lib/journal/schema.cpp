// See schema.hpp.
#include "journal/schema.hpp"

#include <string>
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

// A journal of an earlier prun of this version does not have these tables, and no names of hosts.
void add_new_tables(Database& database) {
  if (database.integer("SELECT count(*) FROM pragma_table_info('attempts') WHERE name = 'host'") == 0)
    database.execute("ALTER TABLE attempts ADD COLUMN host TEXT");
  for (const std::string name : {"made", "inputs", "lists"}) {
    if (database.integer(("SELECT count(*) FROM sqlite_master WHERE name = '" + name + '\'').c_str()) != 0) continue;
    const std::string_view statement = schema_sql().substr(schema_sql().find("CREATE TABLE " + name + ' '));
    database.execute(std::string(statement.substr(0, statement.find(';'))).c_str());
  }
}

}  // namespace prun::journal
