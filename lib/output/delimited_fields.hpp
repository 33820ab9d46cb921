// Fields of a table in CSV (RFC 4180) or TSV (IANA's text/tab-separated-values). It does not know what a row has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

enum class Dialect : std::uint8_t { csv, tsv };

[[nodiscard]] constexpr char separator_of(Dialect dialect) noexcept { return dialect == Dialect::csv ? ',' : '\t'; }
[[nodiscard]] constexpr std::string_view line_end_of(Dialect dialect) noexcept {
  return dialect == Dialect::csv ? "\r\n" : "\n";
}

/// Appends a field, quoted if the dialect needs it.
void append_delimited(std::string& row, std::string_view field, Dialect dialect);

}  // namespace prun
