#include "journal/row_source.hpp"

#include <exception>
#include <memory>
#include <new>

// SQLite's interface for virtual tables, https://www.sqlite.org/vtab.html: a table that exists without being created.

namespace prun::journal {
namespace {

/// The data that sqlite3_create_module_v2 passes to each connection to the table.
struct Source {
  std::string declaration;
  RowSource* rows = nullptr;
};

struct Table : sqlite3_vtab {
  RowSource* rows = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  RowSource* rows = nullptr;
  bool at_end = true;
  sqlite3_int64 row = 0;
};

/// No exception may pass through SQLite.
template <class Call>
int guarded(Call call) noexcept {
  try {
    call();
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (const std::exception&) {
    return SQLITE_ERROR;
  }
}

int connect(sqlite3* database, void* source, int, const char* const*, sqlite3_vtab** table, char**) {
  const auto* from = static_cast<const Source*>(source);
  const int code = ::sqlite3_declare_vtab(database, from->declaration.c_str());
  if (code != SQLITE_OK) return code;
  auto made = std::unique_ptr<Table>(new (std::nothrow) Table);
  if (made == nullptr) return SQLITE_NOMEM;
  made->rows = from->rows;
  *table = made.release();
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);  // NOLINT(cppcoreguidelines-owning-memory): SQLite has owned it
  return SQLITE_OK;
}

int choose_plan(sqlite3_vtab*, sqlite3_index_info* plan) {
  plan->estimatedCost = 1e6;
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
  auto made = std::unique_ptr<Cursor>(new (std::nothrow) Cursor);
  if (made == nullptr) return SQLITE_NOMEM;
  made->rows = static_cast<Table*>(table)->rows;
  *cursor = made.release();
  return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);  // NOLINT(cppcoreguidelines-owning-memory): SQLite has owned it
  return SQLITE_OK;
}

int to_next(sqlite3_vtab_cursor* cursor) {
  auto* at = static_cast<Cursor*>(cursor);
  ++at->row;
  return guarded([at] { at->at_end = !at->rows->next(); });
}

int to_first(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  auto* at = static_cast<Cursor*>(cursor);
  at->rows->rewind();
  return to_next(cursor);
}

int at_end(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->at_end ? 1 : 0; }

int read_column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) {
  return guarded([&] {
    ColumnResult result(context);
    static_cast<Cursor*>(cursor)->rows->column(number, result);
  });
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
  *row = static_cast<Cursor*>(cursor)->row;
  return SQLITE_OK;
}

constexpr sqlite3_module module_of_rows() {
  sqlite3_module module{};
  module.xConnect = connect;  // without xCreate, because the table exists without being created
  module.xDisconnect = disconnect;
  module.xBestIndex = choose_plan;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = to_first;
  module.xNext = to_next;
  module.xEof = at_end;
  module.xColumn = read_column;
  module.xRowid = row_number;
  return module;
}

}  // namespace

void ColumnResult::text(std::string_view text) {
  ::sqlite3_result_text64(context_, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void ColumnResult::bytes(std::string_view bytes) {
  ::sqlite3_result_blob64(context_, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}

void add_table(Database& database, const char* name, const char* columns, RowSource& rows) {
  static constexpr sqlite3_module module = module_of_rows();
  auto source = std::make_unique<Source>();
  source->declaration = std::string("CREATE TABLE rows (") + columns + ")";
  source->rows = &rows;
  const auto forget = [](void* given) { std::unique_ptr<Source>(static_cast<Source*>(given)).reset(); };
  // It also calls `forget` if it fails.
  const int code = ::sqlite3_create_module_v2(database.handle(), name, &module, source.release(), forget);
  if (code != SQLITE_OK) throw SqliteError(code, ::sqlite3_errmsg(database.handle()));
}

}  // namespace prun::journal
