// Prints a value as JSON text, directly to the end of the caller's string.
#include "wire/digits.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>

namespace prun::wire {
namespace {

template <std::integral Integer>
void append_integer(std::string& out, Integer v) {
  std::array<char, most_digits> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  char* const end = text.data() + text.size();
  const char* const begin = put_integer(end, v);
  out.append(begin, static_cast<std::size_t>(end - begin));
}

/// The fewest digits that read back the same. No exponent for numbers of usual size.
void append_float(std::string& out, double v) {
  if (!std::isfinite(v)) {  // JSON has no numbers for these
    out.append(std::isnan(v) ? "\"NaN\"" : v > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    return;
  }
  const double size = std::fabs(v);
  const bool plain = v == 0 || (size >= 1e-4 && size < 1e16);
  const std::size_t before = out.size();
  std::array<char, 32> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  out.append(digits.data(), end.ptr);
  if (out.find_first_of(".e", before) == std::string::npos) out.append(".0");
}

/// The length of the valid UTF-8 character (of two bytes or more) at the start of `text`; 0 if there is none.
std::size_t multibyte_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  const unsigned lead = byte(0);
  if (lead >= 0xc2 && lead <= 0xdf) return within(1, 0x80, 0xbf) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool second = within(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    return second && within(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool second = within(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    return second && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

constexpr std::array<bool, 256> plain_bytes() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\n': out.append("\\n"); return;
    case '\t': out.append("\\t"); return;
    case '\r': out.append("\\r"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
  }
}

void append_decimal(std::string& out, std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
    return append_json_string(out, text);  // no writer produces such a number, but the output must stay JSON
  }
  out.append(text);
}

/// Base64, RFC 4648, with padding.
void append_base64(std::string& out, std::string_view bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.push_back('"');
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out.push_back(i <= group.size() ? digits[bits >> (18 - 6 * i) & 63u] : '=');
  }
  out.push_back('"');
}

void append_value(std::string& out, ValueReader& reader, int depth);

void append_array(std::string& out, ValueReader& reader, int depth) {
  out.push_back('[');
  const std::uint32_t size = reader.array();
  for (std::uint32_t i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    append_value(out, reader, depth + 1);
  }
  out.push_back(']');
}

void append_map(std::string& out, ValueReader& reader, int depth) {
  out.push_back('{');
  const std::uint32_t size = reader.map();
  for (std::uint32_t i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    append_json_string(out, reader.string());
    out.push_back(':');
    append_value(out, reader, depth + 1);
  }
  out.push_back('}');
}

void append_value(std::string& out, ValueReader& reader, int depth) {
  const Kind kind = reader.peek();
  const bool container = kind == Kind::array || kind == Kind::map;
  if (container && depth == max_depth) throw DecodeError(fmt::format("nested deeper than {} levels", max_depth));
  switch (kind) {
    case Kind::null:
      reader.null();
      out.append("null");
      return;
    case Kind::boolean: out.append(reader.boolean() ? "true" : "false"); return;
    case Kind::integer: append_integer(out, reader.integer()); return;
    case Kind::unsigned_integer: append_integer(out, reader.unsigned_integer()); return;
    case Kind::floating: append_float(out, reader.floating()); return;
    case Kind::string: append_json_string(out, reader.string()); return;
    case Kind::array: append_array(out, reader, depth); return;
    case Kind::map: append_map(out, reader, depth); return;
    case Kind::decimal: append_decimal(out, reader.decimal()); return;
    case Kind::binary: append_base64(out, reader.binary()); return;
  }
}

}  // namespace

void append_json(std::string& out, std::string_view value) {
  if (const auto integer = integer_in(value)) return append_integer(out, *integer);
  ValueReader reader(value);
  append_value(out, reader, 0);
  if (!reader.at_end()) throw DecodeError(fmt::format("{} bytes follow the value", reader.rest().size()));
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::array<bool, 256> plain = plain_bytes();
  out.push_back('"');
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (plain[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const std::size_t length = multibyte_length(text.substr(at));
    if (length > 0) {
      at += length;
      continue;
    }
    out.append(text, from, at - from);
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_escape(out, text[at]);
    } else {
      out.append("\xef\xbf\xbd");  // U+FFFD
    }
    from = ++at;
  }
  out.append(text, from);
  out.push_back('"');
}

}  // namespace prun::wire
