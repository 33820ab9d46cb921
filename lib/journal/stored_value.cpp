// See stored_value.hpp.
#include "journal/stored_value.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <cmath>

namespace prun::journal {
namespace {

/// A longer text is of no use to a reader.
constexpr std::size_t longest_text = std::size_t{1} << 20;
constexpr std::size_t longest_checked_quickly = 128;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Rewrites, in the shortest form, values that JSON certainly represents exactly: nulls, booleans, integers, plain strings,
/// arrays of them. Returns false for other values, for which only a comparison after reading back can tell.
bool rewrite_plain(wire::ValueReader& reader, wire::ValueWriter& writer) {
  switch (reader.peek()) {
    case wire::Kind::null: reader.null(); return writer.null(), true;
    case wire::Kind::boolean: return writer.boolean(reader.boolean()), true;
    case wire::Kind::integer: return writer.integer(reader.integer()), true;
    case wire::Kind::string: {
      const std::string_view text = reader.string();
      return writer.string(text), is_plain(text);
    }
    case wire::Kind::array: {
      std::uint32_t left = reader.array();
      writer.array(left);
      while (left > 0 && rewrite_plain(reader, writer)) --left;
      return left == 0;
    }
    default: return false;
  }
}

bool surely_reads_back(std::string_view value) {
  if (value.size() > longest_checked_quickly) return false;
  std::string again;
  wire::ValueReader reader(value);
  wire::ValueWriter writer(again);
  return rewrite_plain(reader, writer) && again == value;
}

bool reads_back(std::string_view text, std::string_view value) {
  std::string again;
  const auto parsed = wire::parse_json(text, again);
  return parsed && again == value;
}

/// A parameter of a statement, with a column's words.
class Parameter {
 public:
  Parameter(Statement& statement, int place) : statement_(&statement), place_(place) {}
  void integer(std::int64_t value) { statement_->bind(place_, value); }
  void real(double value) { statement_->bind(place_, value); }
  void text(std::string_view text) { statement_->bind_text(place_, text); }
  void bytes(std::string_view bytes) { statement_->bind_bytes(place_, bytes); }
  void null() { statement_->bind_null(place_); }

 private:
  Statement* statement_;
  int place_;
};

template <class Column>
void store_value(Column& column, std::string_view value, std::string& text) {
  if (value.empty()) return column.null();
  wire::ValueReader reader(value);
  const wire::Kind kind = reader.peek();
  if (kind == wire::Kind::integer) return column.integer(reader.integer());
  if (kind == wire::Kind::floating) {
    const double number = reader.floating();
    if (!std::isnan(number)) return column.real(number);  // SQLite would store NULL for the others
  }
  text.clear();
  if (value.size() <= longest_text) wire::append_json(text, value);
  if (!text.empty() && (surely_reads_back(value) || reads_back(text, value))) {
    column.text(text);
  } else {
    column.bytes(value);
  }
}

}  // namespace

void bind_value(Statement& statement, int place, std::string_view value, std::string& text) {
  Parameter parameter(statement, place);
  store_value(parameter, value, text);
}

void give_value(ColumnResult& result, std::string_view value, std::string& text) { store_value(result, value, text); }

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
