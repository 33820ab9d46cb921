#include "support/terminal_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace prun::test {

void TerminalText::print(std::string_view bytes) {
  for (const char c : bytes) {
    if (!sequence_.empty()) {
      sequence_ += c;
      const bool goes_on = sequence_.size() == 2 ? c == '[' : c < '@';
      if (!goes_on) escape();
    } else if (c == '\x1b') {
      sequence_ = c;
    } else if (c == '\r') {
      column_ = 0;
    } else if (c == '\n') {
      column_ = 0;
      if (++line_ == lines_.size()) lines_.emplace_back();
    } else {
      std::string& text = lines_[line_];
      if (text.size() <= column_) text.resize(column_ + 1, ' ');
      text[column_++] = c;
    }
  }
}

void TerminalText::escape() {
  const std::string sequence = std::exchange(sequence_, {});
  std::size_t count = 0;
  std::from_chars(sequence.data() + 2, sequence.data() + sequence.size(), count);
  switch (sequence.back()) {
    case 'J': lines_.resize(line_ + 1); [[fallthrough]];
    case 'K': lines_[line_].resize(std::min(column_, lines_[line_].size())); break;
    case 'A': line_ -= std::min(count, line_); break;
    default:
      if (strange_.empty()) strange_ = sequence;
  }
}

std::vector<std::string> TerminalText::lines() const {
  std::vector<std::string> seen = lines_;
  while (!seen.empty() && seen.back().empty()) seen.pop_back();
  return seen;
}

}  // namespace prun::test
