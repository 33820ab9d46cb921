// nlohmann says "[json.exception.parse_error.101] parse error at line 1, column 9: syntax error while parsing array -
// unexpected number literal; expected ']'". Depending on the token it has read beyond the fault or not. This file turns such
// messages into plain sentences.
#include "wire/json_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace prun::wire::detail {
namespace {

constexpr int number_overflow = 406;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string_view expectation(std::string_view what) {
  const std::size_t at = what.rfind("; expected ");
  const std::string_view expected = at == std::string_view::npos ? "" : what.substr(at + 11);
  if (expected == "string literal") return "a key in double quotes";
  if (expected == "end of input") return "nothing more";
  if (expected == "']'") return "',' or ']'";
  if (expected == "'}'") return "',' or '}'";
  if (expected == "':'") return "':'";
  return "a value";
}

/// The UTF-8 character at `at`, or its first byte in hexadecimal.
std::string character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead >= 0x20 && lead < 0x7f) return fmt::format("'{}'", text[at]);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  const std::string_view rest = text.substr(at + 1, length - 1);
  const bool whole = rest.size() == length - 1 && std::all_of(rest.begin(), rest.end(), [](char c) {
                       return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
                     });
  if (length == 1 || !whole) return fmt::format("byte 0x{:02x}", lead);
  return fmt::format("'{}'", text.substr(at, length));
}

/// The lexer stopped inside a word other than true, false and null, or at a byte that begins no token.
JsonError unknown_word(std::string_view text, std::size_t fault, std::string_view what) {
  std::size_t first = fault;
  while (first > 0 && is_word(text[first - 1])) --first;
  std::size_t last = fault;
  while (last < text.size() && is_word(text[last])) ++last;
  const std::string_view word = text.substr(first, last - first);
  if (word.empty())
    return {fmt::format("unexpected {}, expected {}", character_at(text, fault), expectation(what)), fault};
  return {fmt::format("unexpected '{}', expected {}", shortened(word), expectation(what)), first};
}

JsonError overflow(std::string_view token, std::size_t bytes_read) {
  const std::size_t at = bytes_read - token.size();
  if (token.find_first_of(".eE") != std::string_view::npos) {
    return {fmt::format("{} is beyond the largest float of 64 bits, 1.8e308", shortened(token)), at};
  }
  return {fmt::format("an integer of {} digits is too long; the maximum is 308", token.size() - (token[0] == '-')), at};
}

/// A valid token at a place where it is not allowed.
JsonError misplaced(std::string_view text, std::size_t bytes_read, std::string_view token, std::string_view what) {
  std::string_view found = what.substr(0, what.find("; expected "));
  found.remove_prefix(std::string_view("unexpected ").size());
  const std::size_t last = std::min(bytes_read - 1, text.size());
  if (found == "end of input") {
    const std::string thing = last < text.size() ? character_at(text, last) : "end of the text";
    return {fmt::format("unexpected {}, expected {}", thing, expectation(what)), last};
  }
  const bool exact = found == "string literal" || found == "number literal";
  std::size_t length = exact ? token.size() : 1;
  if (found.ends_with(" literal") && !exact) length = found.size() - std::string_view(" literal").size();
  const std::size_t at = bytes_read - std::min(length, bytes_read);
  const std::string thing = exact ? std::string(found.substr(0, 6)) : fmt::format("'{}'", text.substr(at, length));
  return {fmt::format("unexpected {}, expected {}", thing, expectation(what)), at};
}

}  // namespace

JsonError json_error(std::string_view text, std::size_t bytes_read, std::string_view token, int id,
                     std::string_view what) {
  if (id == number_overflow) return overflow(token, bytes_read);
  const std::size_t dash = what.find(" - ");
  if (dash != std::string_view::npos) what.remove_prefix(dash + 3);
  if (what.starts_with("unexpected ")) return misplaced(text, bytes_read, token, what);

  const std::size_t fault = std::min(bytes_read - std::min<std::size_t>(bytes_read, 1), text.size());
  if (what.starts_with("invalid literal")) return unknown_word(text, fault, what);
  const std::string_view reason = what.substr(0, what.find("; last read: "));
  const bool unclosed = reason.ends_with("missing closing quote") && token.size() <= fault;
  return {std::string(reason), unclosed ? fault - token.size() : fault};
}

std::size_t opening_quote(std::string_view text, std::size_t end) {
  for (std::size_t at = end - 1; at-- > 0;) {
    if (text[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return 0;
}

std::string_view shortened(std::string_view text) {
  std::size_t length = std::min<std::size_t>(text.size(), 40);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
  return text.substr(0, length);
}

}  // namespace prun::wire::detail
