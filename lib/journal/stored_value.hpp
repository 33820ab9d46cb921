// Stores values as columns of a database, readable for people and exact: an integer as INTEGER, a float as REAL, others as
// JSON text if that reads back the same (wire/json.hpp), otherwise as a BLOB of MessagePack.
#pragma once

#include "journal/row_source.hpp"
#include "journal/sqlite.hpp"

#include <string>
#include <string_view>

namespace prun::journal {

/// @param value encoded (wire/value.hpp); empty: NULL
/// @param text keeps the JSON text until the statement has run
void bind_value(Statement& statement, int place, std::string_view value, std::string& text);
/// The same for a column of a row that SQL reads. @param text as above, until the next row
void give_value(ColumnResult& result, std::string_view value, std::string& text);

/// Appends the value to `out`; nothing for NULL. @throws wire::DecodeError if the column is not a value
void append_value(const Statement& statement, int column, std::string& out);

}  // namespace prun::journal
