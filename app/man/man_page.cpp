// The manual page prun(1); see man_page.hpp.
#include "man/man_page.hpp"

#include "help/option_help.hpp"
#include "help/text_layout.hpp"
#include "options/option_groups.hpp"

#include <cctype>
#include <stdexcept>

namespace prun::app {
namespace {

constexpr std::size_t source_width = 78;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

void append_escaped(std::string& out, std::string_view text, bool literal) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-' && literal) {
      out += "\\-";
    } else {
      out += c;
    }
  }
}

/// Whether the word is a placeholder of "WHEN,WHAT".
bool names_value(std::string_view word, std::string_view value) {
  for (std::size_t at = value.find(word); at != std::string_view::npos; at = value.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word(value[at - 1])) && (end == value.size() || !is_word(value[end])))
      return std::isupper(static_cast<unsigned char>(word[0])) != 0;
  }
  return false;
}

/// Literal text and options bold, the option's placeholders in italics.
std::string marked_up(std::string_view text, std::string_view value) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text[0] == '`') {
      const auto end = text.find('`', 1);
      out += "\\fB";
      append_escaped(out, text.substr(1, end - 1), true);
      out += "\\fR";
      length = end + 1;
    } else if (is_word(text[0])) {
      while (length < text.size() && is_word(text[length])) ++length;
      const std::string_view word = text.substr(0, length);
      const bool option = word.size() > 2 && word.starts_with("--");
      const bool placeholder = !option && names_value(word, value);
      out += option ? "\\fB" : placeholder ? "\\fI" : "";
      append_escaped(out, word, option);
      if (option || placeholder) out += "\\fR";
    } else {
      append_escaped(out, text.substr(0, 1), false);
    }
    text.remove_prefix(length);
  }
  return out;
}

void append_line(std::string& out, std::string_view line) {
  if (line.starts_with('.') || line.starts_with('\'')) out += "\\&";
  out.append(line).append(1, '\n');
}

/// Each sentence begins a line, as mdoc wants it; lines are kept short.
void append_sentences(std::string& out, std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.size() + 1 + word.size() > source_width) {
      append_line(out, line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    if (word.ends_with('.') || word.ends_with('?')) {
      append_line(out, line);
      line.clear();
    }
  }
  if (!line.empty()) append_line(out, line);
}

void append_details(std::string& out, const Option& option) {
  bool first = true;
  for (const Paragraph& paragraph : paragraphs_of(option.details)) {
    if (paragraph.example) {
      out += ".Bd -literal -offset indent\n";
      std::string text;
      append_escaped(text, paragraph.text, true);
      out.append(text).append("\n.Ed\n");
    } else {
      if (!first) out += ".Pp\n";
      append_sentences(out, marked_up(paragraph.text, option.value));
    }
    first = false;
  }
  if (!option.also.empty()) {
    out += ".Pp\n";
    append_sentences(out, marked_up(other_names_text(option), {}));
  }
}

void append_heading(std::string& out, const Option& option) {
  out += ".It";
  any_name(option.names, [&](std::string_view name) {
    out.append(out.ends_with(".It") ? " Fl " : " , Fl ").append(name.substr(1));
    return false;
  });
  if (!option.implied.empty()) {
    out.append(" Ns Op = Ns Ar ").append(option.value);
  } else if (!option.is_flag()) {
    out.append(" Ar ").append(option.value);
  }
  if (!overlap(option.words, words::modes)) {
    out += " Pq";
    for (const CommandWord& word : command_words()) {
      if (overlap(option.words, word.self)) out.append(out.ends_with("Pq") ? " Cm " : " , Cm ").append(word.name);
    }
  }
  out += '\n';
}

}  // namespace

std::string man_options() {
  std::string out;
  for (const OptionGroup* group : option_groups()) {
    out.append(".Ss ").append(group->title).append(" options\n.Bl -tag -width indent\n");
    for (const Option& option : group->options) {
      append_heading(out, option);
      append_details(out, option);
    }
    out += ".El\n";
  }
  return out;
}

std::string man_page(std::string_view page_template) {
  const auto at = page_template.find(options_line);
  if (at == std::string_view::npos) throw std::runtime_error("the template has no line for the options");
  return std::string(page_template.substr(0, at)) + man_options() +
         std::string(page_template.substr(at + options_line.size()));
}

}  // namespace prun::app
