// The form of a journal: tables, indexes and views. SCHEMA.md says what they mean. It knows nothing of the values in them.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>

namespace prun::journal {

inline constexpr std::int64_t application_id = 0x7072756e;  // "prun"
inline constexpr std::int64_t schema_version = 1;

/// Makes tables and views in an empty database, and marks it as a journal of this version, all or nothing.
void create_schema(Database& database);

}  // namespace prun::journal
