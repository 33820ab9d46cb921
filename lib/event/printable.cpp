// See printable.hpp.
#include "event/printable.hpp"

#include "event/code_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace prun {

namespace {

// The maximum length of a line of a message. A longer line contains text that nobody reads, such as a value of 10 MB.
constexpr std::size_t longest_line = 10'000;
constexpr std::size_t beginning_shown = 8'000;
constexpr std::size_t end_shown = 1'000;

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

constexpr unsigned byte(char c) noexcept { return static_cast<unsigned char>(c); }
constexpr bool is_plain(char c) noexcept { return c >= ' ' && c <= '~'; }
constexpr bool is_continuation(char c) noexcept { return (byte(c) & 0xC0U) == 0x80U; }

// Controls, line separators, and marks that make a terminal display text in a different order.
constexpr bool needs_escape(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_escape(std::string& out, char32_t c) {
  switch (c) {
    case U'\n': out += "\\n"; return;
    case U'\t': out += "\\t"; return;
    case U'\r': out += "\\r"; return;
    default: break;
  }
  const auto number = static_cast<unsigned>(c);
  if (number < 0x80) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", number);
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", number);
  }
}

void append_line(std::string& out, std::string_view text) {
  if (text.size() <= longest_line) return append_printable(out, text);
  const std::string_view beginning = cut_utf8(text, beginning_shown);
  std::size_t end = text.size() - end_shown;
  while (end < text.size() && is_continuation(text[end])) ++end;
  append_printable(out, beginning);
  fmt::format_to(std::back_inserter(out), " [{} bytes] ", end - beginning.size());
  append_printable(out, text.substr(end));
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto odd = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(odd - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    const CodePoint c = decode_utf8(text);
    if (c.bytes == 0) {
      out.append(replacement_character);
    } else if (needs_escape(c.value)) {
      append_escape(out, c.value);
    } else {
      out.append(text.substr(0, c.bytes));
    }
    text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
}

std::string printable(std::string_view text) {
  std::string safe;
  append_printable(safe, text);
  return safe;
}

void make_printable(std::string& out, std::size_t from) {
  const std::string_view added = std::string_view(out).substr(from);
  if (std::all_of(added.begin(), added.end(), is_plain)) return;
  const std::string raw(added);
  out.resize(from);
  append_printable(out, raw);
}

std::string message_line(std::string_view text) {
  constexpr std::string_view indented = "\n  ";
  std::string line = "prun: ";
  for (std::size_t end = text.find(indented); end != std::string_view::npos; end = text.find(indented)) {
    append_line(line, text.substr(0, end));
    line += '\n';
    text.remove_prefix(end + 1);
  }
  append_line(line, text);
  line += '\n';
  return line;
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  // Three steps back reach the start of any character. More steps would walk through bytes that are not UTF-8.
  for (int steps = 0; steps < 3 && end > 0 && is_continuation(text[end]); ++steps) --end;
  return text.substr(0, is_continuation(text[end]) ? max_bytes : end);
}

std::size_t count_characters(std::string_view text) noexcept {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

}  // namespace prun
