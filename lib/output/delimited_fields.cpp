// See delimited_fields.hpp.
#include "output/delimited_fields.hpp"

namespace prun {
namespace {

void append_csv_field(std::string& row, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += field;
    return;
  }
  row += '"';
  for (std::size_t quote = field.find('"'); quote != std::string_view::npos; quote = field.find('"')) {
    row += field.substr(0, quote + 1);
    row += '"';
    field.remove_prefix(quote + 1);
  }
  row += field;
  row += '"';
}

void append_tsv_field(std::string& row, std::string_view field) {
  for (std::size_t odd = field.find_first_of("\t\n\r\\"); odd != std::string_view::npos;
       odd = field.find_first_of("\t\n\r\\")) {
    row += field.substr(0, odd);
    row += '\\';
    const char c = field[odd];
    row += c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
    field.remove_prefix(odd + 1);
  }
  row += field;
}

}  // namespace

void append_delimited(std::string& row, std::string_view field, Dialect dialect) {
  dialect == Dialect::csv ? append_csv_field(row, field) : append_tsv_field(row, field);
}

}  // namespace prun
