// Text in at most 80 columns; see text_layout.hpp.
#include "help/text_layout.hpp"

#include <algorithm>

namespace prun::app {
namespace {

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::vector<Paragraph> paragraphs_of(std::string_view details) {
  std::vector<Paragraph> paragraphs;
  bool begins = true;
  while (!details.empty()) {
    const std::string_view line = next_line(details);
    if (line.empty()) {
      begins = true;
      continue;
    }
    const bool example = line.starts_with("    ");
    if (begins || paragraphs.back().example != example) {
      paragraphs.push_back({example, {}});
    } else {
      paragraphs.back().text += example ? '\n' : ' ';
    }
    paragraphs.back().text += example ? line.substr(4) : line;
    begins = false;
  }
  return paragraphs;
}

void append_wrapped(std::string& out, std::string_view text, std::size_t column, std::size_t indent) {
  bool first = true;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (first) {
      first = false;
    } else if (column + 1 + word.size() > help_width) {
      out.append(1, '\n').append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
}

void append_row(std::string& out, std::string_view left, std::string_view right, std::size_t column) {
  out.append("  ").append(left);
  std::size_t used = 2 + left.size();
  if (used + 2 > column) {
    out += '\n';
    used = 0;
  }
  out.append(column - used, ' ');
  append_wrapped(out, right, column, column);
  out += '\n';
}

std::string plain_text(std::string_view details) {
  std::string out;
  for (const Paragraph& paragraph : paragraphs_of(details)) {
    if (!out.empty()) out += '\n';
    std::string_view rest = paragraph.text;
    if (!paragraph.example) {
      std::string text(rest);
      std::erase(text, '`');
      append_wrapped(out, text, 0, 0);
      out += '\n';
      continue;
    }
    while (!rest.empty()) out.append("    ").append(next_line(rest)).append(1, '\n');
  }
  return out;
}

}  // namespace prun::app
