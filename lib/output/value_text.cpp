// See value_text.hpp.
#include "output/value_text.hpp"

#include "event/printable.hpp"
#include "output/number_text.hpp"
#include "wire/digits.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <cmath>
#include <cstdint>

namespace prun {

namespace {

using wire::Kind;
using wire::ValueReader;

// For a shortened call, in bytes.
constexpr std::size_t longest_string = 80;
constexpr std::size_t longest_container = 160;  // in encoded form
constexpr std::size_t longest_call = 400;

// JSON cannot express these three values.
void append_float(std::string& out, double number, std::string_view value) {
  if (std::isfinite(number)) return wire::append_json(out, value);
  out += std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

// Reserves space for text that follows, such as a newline, so that a long text is not moved for it.
void append_text(std::string& out, std::string_view text) {
  constexpr std::size_t room_behind = 64;
  if (text.size() > out.capacity() - out.size()) out.reserve(out.size() + text.size() + room_behind);
  out += text;
}

// An argument of a call: as JSON, extended by the three values that it lacks.
void append_argument(std::string& out, std::string_view value) {
  ValueReader reader(value);
  if (reader.peek() == Kind::floating) return append_float(out, reader.floating(), value);
  wire::append_json(out, value);
}

void append_short_argument(std::string& out, std::string_view value) {
  ValueReader reader(value);
  const Kind kind = reader.peek();
  if (kind == Kind::string && value.size() > longest_string) {
    wire::append_json_string(out, cut_utf8(reader.string(), longest_string));
    out += "...";
  } else if (kind == Kind::array && value.size() > longest_container) {
    out += "[...]";
  } else if (kind == Kind::map && value.size() > longest_container) {
    out += "{...}";
  } else {
    append_argument(out, value);
  }
}

// "0, 0, base=2". Appends each argument with `append_one`.
template <class Append>
void append_list(std::string& out, std::string_view args, std::string_view kwargs, Append append_one) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ", ";
    first = false;
  };
  ValueReader positional(args);
  for (std::uint32_t left = args.empty() ? 0 : positional.array(); left > 0; --left) {
    separate();
    append_one(out, positional.skip());
  }
  ValueReader named(kwargs);
  for (std::uint32_t left = kwargs.empty() ? 0 : named.map(); left > 0; --left) {
    separate();
    out += named.string();
    out += '=';
    append_one(out, named.skip());
  }
}

}  // namespace

bool is_scalar(std::string_view value) {
  if (wire::integer_in(value)) return true;
  const Kind kind = ValueReader(value).peek();
  return kind != Kind::array && kind != Kind::map;
}

bool is_number(std::string_view value) {
  const Kind kind = ValueReader(value).peek();
  return kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::floating || kind == Kind::decimal;
}

bool has_kwargs(std::string_view kwargs) { return !kwargs.empty() && ValueReader(kwargs).map() > 0; }

std::string_view only_argument(std::string_view args, std::string_view kwargs) {
  constexpr char array_of_one = '\x91';
  if (args.empty() || has_kwargs(kwargs)) return {};
  if (args.front() == array_of_one) return args.substr(1);
  ValueReader reader(args);
  return reader.array() == 1 ? reader.rest() : std::string_view();
}

void append_value(std::string& out, std::string_view value) {
  ValueReader reader(value);
  switch (reader.peek()) {
    case Kind::integer: return append_integer(out, reader.integer());
    case Kind::string: return append_text(out, reader.string());
    case Kind::binary: return append_text(out, reader.binary());
    case Kind::floating: return append_float(out, reader.floating(), value);
    default: return wire::append_json(out, value);
  }
}

void append_printable_value(std::string& out, std::string_view value) {
  ValueReader reader(value);
  switch (reader.peek()) {
    case Kind::string: return append_printable(out, reader.string());
    case Kind::binary: return append_printable(out, reader.binary());
    case Kind::array:
    case Kind::map: {
      const std::size_t from = out.size();
      wire::append_json(out, value);
      return make_printable(out, from);
    }
    default: return append_value(out, value);
  }
}

void append_args(std::string& out, std::string_view args, std::string_view kwargs) {
  if (const std::string_view only = only_argument(args, kwargs); !only.empty()) return append_value(out, only);
  out += '(';
  append_list(out, args, kwargs, append_argument);
  out += ')';
}

void append_call(std::string& out, const TaskEvent& event) {
  const std::size_t from = out.size();
  out += event.function;
  out += '(';
  append_list(out, event.args, event.kwargs, append_argument);
  out += ')';
  make_printable(out, from);
}

void append_short_call(std::string& out, const TaskEvent& event) {
  const std::size_t from = out.size();
  if (event.call.empty()) {
    out += event.function;
    out += '(';
    append_list(out, event.args, event.kwargs, append_short_argument);
    out += ')';
  } else {
    out += event.call;
  }
  if (out.size() - from > longest_call) {
    out.resize(from + cut_utf8(std::string_view(out).substr(from), longest_call).size());
    out += event.call.empty() ? "...)" : "...";
  }
  make_printable(out, from);
}

void pad_left(std::string& out, std::size_t from, std::size_t width) {
  const std::size_t length = count_characters(std::string_view(out).substr(from));
  if (length < width) out.insert(from, width - length, ' ');
}

}  // namespace prun
