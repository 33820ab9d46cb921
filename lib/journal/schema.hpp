// The schema of a journal: schema.sql, which SCHEMA.md describes.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>
#include <string>

namespace prun::journal {

// As schema.sql sets them.
inline constexpr std::int64_t application_id = 0x7072756e;  // "prun"
inline constexpr std::int64_t schema_version = 1;

/// Creates tables and views in an empty database, and marks it as a journal of this version, in one transaction.
void create_schema(Database& database);

/// Adds the tables, columns and views that a journal of an earlier prun may lack.
void add_new_parts(Database& database);

/// The column `host` of attempts, as a column of a SELECT: NULL in a journal of an earlier prun that has none.
[[nodiscard]] std::string host_column(Database& database);

}  // namespace prun::journal
