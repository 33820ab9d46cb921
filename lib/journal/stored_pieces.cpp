// See stored_pieces.hpp.
#include "journal/stored_pieces.hpp"

#include "journal/stored_value.hpp"
#include "wire/value.hpp"

namespace prun::journal {

StoredPieces::StoredPieces(Database& database)
    : select_(database.prepare("SELECT bytes FROM pieces WHERE task = ?1 AND run = ?2 AND attempt = ?3 AND what = ?4 "
                               "ORDER BY piece")) {}

std::int64_t StoredPieces::each(std::int64_t task, std::int64_t run, std::int64_t attempt, std::string_view what,
                                const std::function<void(std::string_view)>& take) {
  select_.bind(1, task).bind(2, run).bind(3, attempt).bind_text(4, what);
  std::int64_t count = 0;
  for (; select_.step(); ++count) take(select_.bytes(0));
  select_.reset();
  return count;
}

void StoredPieces::append_value(const Statement& row, int column, std::int64_t task, std::int64_t run,
                                std::int64_t attempt, std::string_view what, std::string& out) {
  if (row.type(column) != SQLITE_BLOB || !row.bytes(column).empty()) return journal::append_value(row, column, out);
  const std::size_t before = out.size();
  each(task, run, attempt, what, [&](std::string_view bytes) { out.append(bytes); });
  if (!wire::is_value(std::string_view(out).substr(before)))
    throw wire::DecodeError("the pieces of a value are not whole");
}

}  // namespace prun::journal
