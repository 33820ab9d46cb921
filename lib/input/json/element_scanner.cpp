// Finds the end of a value: its closing bracket or quote, or the first byte after a number or word.
#include "input/json/element_scanner.hpp"

#include "wire/value.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace prun {
namespace {

constexpr unsigned marks_in_string = 1;
constexpr unsigned marks_in_brackets = 2;

/// The bytes that have a meaning in strings, and in brackets.
constexpr std::array<std::uint8_t, 256> marks = [] {
  std::array<std::uint8_t, 256> table{};
  for (const char c : {'"', '\\', '\n'}) table[static_cast<unsigned char>(c)] = marks_in_string;
  for (const char c : {'"', '[', ']', '{', '}'}) table[static_cast<unsigned char>(c)] |= marks_in_brackets;
  return table;
}();

}  // namespace

void ElementScanner::reset() {
  closers_.clear();
  seen_ = 0;
  in_string_ = escaped_ = scalar_ = false;
}

ElementScanner::Found ElementScanner::scan(std::string_view text, bool at_end) {
  while (true) {
    skip_plain(text);
    if (seen_ == text.size()) break;
    const Found found = in_string_ ? string_step(text[seen_]) : step(text[seen_]);
    if (found != Found::more) return found;
  }
  if (!at_end) return Found::more;
  if (scalar_) return Found::whole;
  return broken(in_string_ ? "the input ends inside a string, expected '\"'"
                           : fmt::format("the input ends inside a task, expected '{}'", closers_.back()));
}

/// Skips most of a string, and everything in brackets that is neither bracket nor quote.
void ElementScanner::skip_plain(std::string_view text) noexcept {
  if (escaped_ || (!in_string_ && closers_.empty())) return;
  const unsigned mark = in_string_ ? marks_in_string : marks_in_brackets;
  std::size_t at = seen_;
  while (at < text.size() && (marks[static_cast<unsigned char>(text[at])] & mark) == 0) ++at;
  seen_ = at;
}

ElementScanner::Found ElementScanner::step(char c) {
  switch (c) {
    case '"':
      if (scalar_) return Found::whole;
      in_string_ = true;
      break;
    case '[':
    case '{':
      if (scalar_) return Found::whole;
      if (closers_.size() == wire::max_depth)
        return broken(fmt::format("nested deeper than {} levels", wire::max_depth));
      closers_ += c == '[' ? ']' : '}';
      break;
    case ']':
    case '}':
      if (scalar_) return Found::whole;
      if (closers_.empty()) return broken(fmt::format("unexpected '{}', expected a task", c));
      if (closers_.back() != c) return broken(fmt::format("unexpected '{}', expected ',' or '{}'", c, closers_.back()));
      closers_.pop_back();
      ++seen_;
      return closers_.empty() ? Found::whole : Found::more;
    case ',':
    case ' ':
    case '\t':
    case '\n':
    case '\r':
      if (scalar_) return Found::whole;
      break;
    default: scalar_ = scalar_ || closers_.empty(); break;
  }
  ++seen_;
  return Found::more;
}

ElementScanner::Found ElementScanner::string_step(char c) {
  if (c == '\n') return broken("a string is not closed on its line, expected '\"'");
  ++seen_;
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = false;
    if (closers_.empty()) return Found::whole;
  }
  return Found::more;
}

ElementScanner::Found ElementScanner::broken(std::string message) {
  error_ = {std::move(message), seen_};
  return Found::broken;
}

}  // namespace prun
