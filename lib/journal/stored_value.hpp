// Values as columns of a database, so that people can read them and they come back exactly: an integer as INTEGER, a float as
// REAL, anything else as JSON text where that reads back the same (wire/json.hpp), else as a BLOB of MessagePack.
#pragma once

#include "journal/row_source.hpp"
#include "journal/sqlite.hpp"

#include <string>
#include <string_view>

namespace prun::journal {

/// @param value encoded (wire/value.hpp); empty: NULL
/// @param text where the JSON text is kept until the statement has run
void bind_value(Statement& statement, int place, std::string_view value, std::string& text);
/// The same as a column of a row that SQL reads. @param text as above, until the next row
void give_value(ColumnResult& result, std::string_view value, std::string& text);

/// Appends the value to `out`; of NULL nothing. @throws wire::DecodeError where the column holds no value
void append_value(const Statement& statement, int column, std::string& out);

}  // namespace prun::journal
