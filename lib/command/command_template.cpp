#include "command/command_template.hpp"

#include "command/script_refusal.hpp"
#include "command/script_scanner.hpp"

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

/// `for x do`, or `for x; do`: a loop without a list.
bool loops_over_parameters(std::string_view script) noexcept {
  constexpr std::string_view blanks = " \t\n";
  for (auto at = script.find("for "); at != std::string_view::npos; at = script.find("for ", at + 1)) {
    const auto name = script.find_first_not_of(blanks, at + 4);
    const auto name_end = script.find_first_of(" \t\n;", name);
    const auto next = name_end == std::string_view::npos ? name_end : script.find_first_not_of(blanks, name_end);
    if (next != std::string_view::npos && script.substr(next, 2) != "in") return true;
  }
  return false;
}

/// Commands that can use the parameters without naming them.
bool may_use_parameters(std::string_view script) noexcept {
  static constexpr std::array<std::string_view, 4> ways{"$#", "${#", "getopts", "shift"};
  return loops_over_parameters(script) || std::any_of(ways.begin(), ways.end(), [script](std::string_view way) {
           return script.find(way) != std::string_view::npos;
         });
}

/// Contains nothing that ends a command or begins another one, so appended text becomes an argument.
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
  for (const std::string& word : words) {
    made.words_.push_back(parse(word, [](std::size_t, std::size_t, Segment&) { return true; }));
  }
  if (add_inputs && !made.has_place_for_inputs()) {
    made.words_.push_back({Segment{Kind::inputs, PathPart::whole, 0, {}, {}}});
  }
  return made;
}

tl::expected<CommandTemplate, std::string> CommandTemplate::of_script(std::string_view script, bool add_inputs) {
  auto word = parse_script(script);
  if (!word) return tl::unexpected(std::move(word.error()));
  CommandTemplate made;
  made.shell_ = true;
  made.words_ = {std::move(*word)};
  if (!add_inputs || made.has_place_for_inputs()) return made;
  for (const Segment& segment : made.words_.front()) {
    if (names_parameters(segment.text) || !is_simple_command(segment.text)) return made;
  }
  word = parse_script(std::string(script) + " {}");
  if (!word) return tl::unexpected(std::move(word.error()));
  made.words_ = {std::move(*word)};
  return made;
}

CommandTemplate CommandTemplate::of_plain_words(const std::vector<std::string>& words, std::string_view replaced) {
  const Segment inputs{Kind::inputs, PathPart::whole, 0, {}, {}};
  CommandTemplate made;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Word& word = made.words_.emplace_back();
    std::string_view left = words[i];
    while (i > 0 && !replaced.empty()) {
      const auto at = left.find(replaced);
      if (at == std::string_view::npos) break;
      if (at > 0) word.push_back({Kind::text, PathPart::whole, 0, std::string(left.substr(0, at)), {}});
      word.push_back(inputs);
      left.remove_prefix(at + replaced.size());
    }
    if (!left.empty()) word.push_back({Kind::text, PathPart::whole, 0, std::string(left), {}});
  }
  if (replaced.empty()) made.words_.push_back({inputs});
  return made;
}

CommandTemplate CommandTemplate::of_scripts() {
  CommandTemplate made;
  made.shell_ = made.scripts_ = true;
  made.words_ = {{Segment{Kind::inputs, PathPart::whole, 0, {}, {}}}};
  return made;
}

void CommandTemplate::set_shell(std::string shell) {
  shell_path_ = std::move(shell);
  through_shell_ = !shell_;
}

bool CommandTemplate::shows_input(const Segment& segment) noexcept {
  return segment.kind == Kind::input || segment.kind == Kind::inputs;
}

bool CommandTemplate::has_place_for_inputs() const noexcept {
  return std::any_of(words_.begin(), words_.end(),
                     [](const Word& word) { return std::any_of(word.begin(), word.end(), shows_input); });
}

bool CommandTemplate::ignores_inputs() const noexcept {
  if (!shell_ || has_place_for_inputs()) return false;
  const Word& script = words_.front();
  return std::none_of(script.begin(), script.end(), [](const Segment& segment) {
    return names_parameters(segment.text) || may_use_parameters(segment.text);
  });
}

bool CommandTemplate::has_input_within(std::size_t word) const noexcept {
  if (word >= words_.size() || words_[word].size() < 2) return false;
  return std::any_of(words_[word].begin(), words_[word].end(), shows_input);
}

/// @param accept called with (offset, size, segment). If it returns false, the place is ordinary text
template <typename Accept>
CommandTemplate::Word CommandTemplate::parse(std::string_view text, const Accept& accept) {
  Word word;
  const auto add_text = [&word](std::string_view piece) {
    if (piece.empty()) return;
    if (word.empty() || word.back().kind != Kind::text) word.emplace_back();
    word.back().text += piece;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find('{', at);
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    Segment segment;
    add_text(text.substr(at, open - at));
    const std::size_t size = close + 1 - open;
    if (parse_place(text.substr(open + 1, size - 2), segment) && accept(open, size, segment)) {
      if (segment.place.escaped) take_escape(word, segment.place);
      word.push_back(std::move(segment));
      at = close + 1;
    } else {
      add_text(text.substr(open, 1));
      at = open + 1;
    }
  }
  add_text(text.substr(at));
  return word;
}

// Outside quotes, a backslash before the text would escape the quote that the text begins with. Inside quotes it is literal.
void CommandTemplate::take_escape(Word& word, const ScriptPlace& place) {
  using Quoting = ScriptPlace::Quoting;
  const bool quoted = place.quoting == Quoting::double_quotes || place.quoting == Quoting::quoted_parameter;
  std::string& text = word.back().text;
  quoted ? text.push_back('\\') : text.pop_back();
}

tl::expected<CommandTemplate::Word, std::string> CommandTemplate::parse_script(std::string_view script) {
  ScriptScanner scanner(script);
  std::string problem;
  Word word = parse(script, [&](std::size_t offset, std::size_t size, Segment& segment) {
    const ScriptScanner::Found found = scanner.place_at(offset, size);
    const std::string_view placeholder = script.substr(offset, size);
    const bool digits_only = segment.kind == Kind::number || segment.kind == Kind::slot;
    if (found.obstacle == Obstacle::shell_parameter) return false;
    if (found.obstacle != Obstacle::none && !digits_only) {
      if (problem.empty()) problem = refusal_of(script, offset, placeholder, found.obstacle);
      return false;
    }
    segment.place = found.place;
    scanner.pass(offset, size);
    return true;
  });
  if (!problem.empty()) return tl::unexpected(std::move(problem));
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

void CommandTemplate::append_text(std::string_view text, const Segment& segment, std::string& word) const {
  if (shell_) {
    append_at(word, text, segment.place);
  } else {
    word += text;
  }
}

void CommandTemplate::append(const Segment& segment, const Filling& filling, std::string& word) const {
  switch (segment.kind) {
    case Kind::text: word += segment.text; break;
    case Kind::number: append_text(std::to_string(filling.number), segment, word); break;
    case Kind::slot: append_text(std::to_string(filling.slot), segment, word); break;
    case Kind::input: {
      const auto count = static_cast<int>(filling.inputs.size());
      const int index = segment.position > 0 ? segment.position - 1 : count + segment.position;
      const bool given = index >= 0 && index < count;
      append_text(given ? part_of(filling.inputs[static_cast<std::size_t>(index)], segment.part) : std::string_view(),
                  segment, word);
      break;
    }
    case Kind::inputs:
      for (std::size_t i = 0; i < filling.inputs.size(); ++i) {
        if (i > 0) word += ' ';
        append_text(part_of(filling.inputs[i], segment.part), segment, word);
      }
      break;
  }
}

std::vector<std::string> CommandTemplate::expand(const Filling& filling) const {
  std::vector<std::string> expanded;
  if (shell_) expanded = {shell_path_, "-c"};
  if (through_shell_) expanded = {shell_path_, "-c", R"("$@")", std::string(base_of(shell_path_))};
  if (scripts_) {
    std::string& script = expanded.emplace_back();
    for (const std::string_view input : filling.inputs) script.append(script.empty() ? "" : " ").append(input);
    return expanded;
  }
  for (const Word& word : words_) {
    if (!shell_ && word.size() == 1 && word.front().kind == Kind::inputs) {
      for (const std::string_view input : filling.inputs) expanded.emplace_back(part_of(input, word.front().part));
      continue;
    }
    std::string& text = expanded.emplace_back();
    for (const Segment& segment : word) append(segment, filling, text);
  }
  if (shell_) {
    expanded.emplace_back(base_of(shell_path_));
    expanded.insert(expanded.end(), filling.inputs.begin(), filling.inputs.end());
  }
  return expanded;
}

std::string CommandTemplate::program() const {
  if (shell_ || through_shell_) return shell_path_;
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
