// See stored_value.hpp.
#include "journal/stored_value.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

#include <cmath>

namespace prun::journal {
namespace {

/// Above this a text would be for no one to read.
constexpr std::size_t longest_text = std::size_t{1} << 20;

bool reads_back(std::string_view text, std::string_view value) {
  std::string again;
  const auto parsed = wire::parse_json(text, again);
  return parsed && !parsed->big_integer && again == value;
}

}  // namespace

void bind_value(Statement& statement, int place, std::string_view value, std::string& text) {
  if (value.empty()) {
    statement.bind_null(place);
    return;
  }
  wire::ValueReader reader(value);
  const wire::Kind kind = reader.peek();
  if (kind == wire::Kind::integer) {
    statement.bind(place, reader.integer());
    return;
  }
  if (kind == wire::Kind::floating) {
    const double number = reader.floating();
    if (!std::isnan(number)) {  // SQLite would make NULL of it
      statement.bind(place, number);
      return;
    }
  }
  text.clear();
  if (value.size() <= longest_text) wire::append_json(text, value);
  if (!text.empty() && reads_back(text, value)) {
    statement.bind_text(place, text);
  } else {
    statement.bind_bytes(place, value);
  }
}

void append_value(const Statement& statement, int column, std::string& out) {
  wire::ValueWriter writer(out);
  switch (statement.type(column)) {
    case SQLITE_NULL: return;
    case SQLITE_INTEGER: return writer.integer(statement.integer(column));
    case SQLITE_FLOAT: return writer.floating(statement.real(column));
    case SQLITE_TEXT: {
      const auto parsed = wire::parse_json(statement.bytes(column), out);
      if (!parsed) throw wire::DecodeError("a column holds text that is no JSON: " + parsed.error().message);
      return;
    }
    default: break;
  }
  const std::string_view bytes = statement.bytes(column);
  if (!wire::is_value(bytes)) throw wire::DecodeError("a column holds bytes that are no value");
  out.append(bytes);
}

}  // namespace prun::journal
