#include "command/command_template.hpp"

#include "command/command_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace prun::command {
namespace {

std::string_view base_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view without_extension(std::string_view path) noexcept {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  if (dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)) return path;
  return path.substr(0, dot);
}

std::string_view directory_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

/// A script that reads its positional parameters: $1, ${1%.gz}, "$@", $*.
bool names_parameters(std::string_view script) noexcept {
  for (auto at = script.find('$'); at != std::string_view::npos && at + 1 < script.size();
       at = script.find('$', at + 1)) {
    const char next = script[at + 1] == '{' && at + 2 < script.size() ? script[at + 2] : script[at + 1];
    if ((next >= '1' && next <= '9') || next == '@' || next == '*') return true;
  }
  return false;
}

/// Nothing that ends a command or begins another: what is appended becomes an argument.
bool is_simple_command(std::string_view script) noexcept {
  return script.find_first_of(";&|()<>\n`{}#") == std::string_view::npos;
}

constexpr std::array<std::pair<std::string_view, PathPart>, 5> parts{{{"", PathPart::whole},
                                                                      {".", PathPart::without_extension},
                                                                      {"/", PathPart::base},
                                                                      {"//", PathPart::directory},
                                                                      {"/.", PathPart::base_without_extension}}};

}  // namespace

std::string_view part_of(std::string_view path, PathPart part) noexcept {
  switch (part) {
    case PathPart::whole: break;
    case PathPart::without_extension: return without_extension(path);
    case PathPart::base: return base_of(path);
    case PathPart::directory: return directory_of(path);
    case PathPart::base_without_extension: return without_extension(base_of(path));
  }
  return path;
}

CommandTemplate CommandTemplate::of_words(const std::vector<std::string>& words, bool add_inputs) {
  CommandTemplate made;
  for (const std::string& word : words) made.words_.push_back(parse(word));
  if (add_inputs) made.add_place_for_inputs();
  return made;
}

CommandTemplate CommandTemplate::of_script(std::string_view script, bool add_inputs) {
  CommandTemplate made;
  made.shell_ = true;
  made.words_ = {parse(script)};
  if (add_inputs) made.add_place_for_inputs();
  return made;
}

void CommandTemplate::add_place_for_inputs() {
  for (const Word& word : words_) {
    for (const Segment& segment : word) {
      if (segment.kind == Kind::input || segment.kind == Kind::inputs) return;
      if (shell_ && (names_parameters(segment.text) || !is_simple_command(segment.text))) return;
    }
  }
  const Segment place{Kind::inputs, PathPart::whole, 0, {}};
  if (shell_) {
    words_.front().push_back({Kind::text, PathPart::whole, 0, " "});
    words_.front().push_back(place);
  } else {
    words_.push_back({place});
  }
}

CommandTemplate::Word CommandTemplate::parse(std::string_view text) {
  Word word;
  const auto add_text = [&word](std::string_view piece) {
    if (piece.empty()) return;
    if (word.empty() || word.back().kind != Kind::text) word.emplace_back();
    word.back().text += piece;
  };
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    Segment segment;
    if (parse_place(text.substr(open + 1, close - open - 1), segment)) {
      add_text(text.substr(0, open));
      word.push_back(std::move(segment));
      text.remove_prefix(close + 1);
    } else {
      add_text(text.substr(0, open + 1));
      text.remove_prefix(open + 1);
    }
  }
  add_text(text);
  return word;
}

bool CommandTemplate::parse_place(std::string_view inside, Segment& segment) {
  if (inside == "#" || inside == "%") {
    segment.kind = inside == "#" ? Kind::number : Kind::slot;
    return true;
  }
  const char* end = inside.data() + inside.size();
  const auto [behind, error] = std::from_chars(inside.data(), end, segment.position);
  segment.kind = error == std::errc{} ? Kind::input : Kind::inputs;
  if (error == std::errc{} && segment.position == 0) return false;
  const std::string_view rest =
      error == std::errc{} ? std::string_view(behind, static_cast<std::size_t>(end - behind)) : inside;
  const auto* found = std::find_if(parts.begin(), parts.end(), [rest](const auto& p) { return p.first == rest; });
  if (found == parts.end()) return false;
  segment.part = found->second;
  return true;
}

void CommandTemplate::append_input(std::string_view input, PathPart part, std::string& word) const {
  if (shell_) {
    append_quoted(word, part_of(input, part));
  } else {
    word += part_of(input, part);
  }
}

void CommandTemplate::append(const Segment& segment, const Filling& filling, std::string& word) const {
  switch (segment.kind) {
    case Kind::text: word += segment.text; break;
    case Kind::number: word += std::to_string(filling.number); break;
    case Kind::slot: word += std::to_string(filling.slot); break;
    case Kind::input: {
      const auto count = static_cast<int>(filling.inputs.size());
      const int index = segment.position > 0 ? segment.position - 1 : count + segment.position;
      if (index >= 0 && index < count)
        append_input(filling.inputs[static_cast<std::size_t>(index)], segment.part, word);
      break;
    }
    case Kind::inputs:
      for (std::size_t i = 0; i < filling.inputs.size(); ++i) {
        if (i > 0) word += ' ';
        append_input(filling.inputs[i], segment.part, word);
      }
      break;
  }
}

std::vector<std::string> CommandTemplate::expand(const Filling& filling) const {
  std::vector<std::string> expanded;
  if (shell_) expanded = {"/bin/sh", "-c"};
  for (const Word& word : words_) {
    if (!shell_ && word.size() == 1 && word.front().kind == Kind::inputs) {
      for (const std::string_view input : filling.inputs)
        append_input(input, word.front().part, expanded.emplace_back());
      continue;
    }
    std::string& text = expanded.emplace_back();
    for (const Segment& segment : word) append(segment, filling, text);
  }
  if (shell_) {
    expanded.emplace_back("sh");
    expanded.insert(expanded.end(), filling.inputs.begin(), filling.inputs.end());
  }
  return expanded;
}

std::string CommandTemplate::program() const {
  if (shell_) return "/bin/sh";
  if (words_.empty()) return {};
  const Word& first = words_.front();
  return first.size() == 1 && first.front().kind == Kind::text ? first.front().text : std::string();
}

std::size_t CommandTemplate::fixed_size() const noexcept {
  std::size_t size = 0;
  for (const Word& word : words_) {
    size += 1 + sizeof(char*);
    for (const Segment& segment : word) size += segment.text.size();
  }
  return size;
}

}  // namespace prun::command
