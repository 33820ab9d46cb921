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

namespace {

bool has_hosts(Database& database) {
  return database.integer("SELECT count(*) FROM pragma_table_info('attempts') WHERE name = 'host'") != 0;
}

/// Creates this table or view as a new journal has it.
void create(Database& database, const std::string& what) {
  const std::string_view statement = schema_sql().substr(schema_sql().find("CREATE " + what + ' '));
  database.execute(std::string(statement.substr(0, statement.find(';'))).c_str());
}

}  // namespace

// A journal of an earlier prun of this version does not have these tables, and no names of hosts.
void add_new_parts(Database& database) {
  Transaction transaction(database);
  if (!has_hosts(database)) {
    database.execute("ALTER TABLE attempts ADD COLUMN host TEXT");
    for (const std::string view : {"results", "failures"}) {
      database.execute(("DROP VIEW IF EXISTS " + view).c_str());
      create(database, "VIEW " + view);
    }
  }
  for (const std::string name : {"made", "inputs", "lists"}) {
    if (database.integer(("SELECT count(*) FROM sqlite_master WHERE name = '" + name + '\'').c_str()) == 0)
      create(database, "TABLE " + name);
  }
  transaction.commit();
}

std::string host_column(Database& database) { return has_hosts(database) ? "host" : "NULL AS host"; }

}  // namespace prun::journal
