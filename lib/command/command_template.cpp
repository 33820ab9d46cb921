#include "command/command_template.hpp"

#include "command/command_words.hpp"
#include "command/script_refusal.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace prun::command {
namespace {

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

std::string_view base_of(std::string_view path) noexcept { return part_of(path, PathPart::base); }

std::string padded(std::uint64_t number, std::size_t width, char fill) {
  std::string text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), fill);
  return text;
}

std::string number_text(const Placeholder& place, const Filling& filling) {
  using Kind = Placeholder::Kind;
  switch (place.kind) {
    case Kind::inputs:
    case Kind::input: break;
    case Kind::number: return padded(filling.number, static_cast<std::size_t>(place.width), place.fill);
    case Kind::padded_number: return padded(filling.number, std::to_string(filling.total).size(), '0');
    case Kind::total: return std::to_string(filling.total);
    case Kind::slot: return std::to_string(filling.slot);
    case Kind::padded_slot: return padded(filling.slot, std::to_string(filling.slots).size(), '0');
  }
  return {};
}

}  // namespace

CommandTemplate::Made CommandTemplate::of_words(const std::vector<std::string>& words, bool add_inputs,
                                                const PlaceholderSyntax& syntax) {
  if (std::string problem = problem_across_words(words); !problem.empty()) return tl::unexpected(std::move(problem));
  CommandTemplate made;
  for (const std::string& word : words) {
    auto parsed = parse(word, syntax, [](std::size_t, std::size_t, Segment&) { return true; });
    if (!parsed) return tl::unexpected(std::move(parsed.error()));
    made.words_.push_back(std::move(*parsed));
  }
  if (add_inputs && !made.has_placeholder()) {
    made.words_.push_back({Segment::of_inputs()});
  }
  return made;
}

CommandTemplate::Made CommandTemplate::of_script(std::string_view script, bool add_inputs,
                                                 const PlaceholderSyntax& syntax, ShellDialect dialect) {
  auto word = parse_script(script, syntax, dialect);
  if (!word) return tl::unexpected(std::move(word.error()));
  CommandTemplate made;
  made.shell_ = true;
  made.words_ = {std::move(*word)};
  if (!add_inputs || made.has_placeholder()) return made;
  for (const Segment& segment : made.words_.front()) {
    if (segment.is_text && (names_parameters(segment.text) || !is_simple_command(segment.text))) return made;
  }
  word = parse_script(std::string(script) + ' ' + syntax.input, syntax, dialect);
  if (!word) return tl::unexpected(std::move(word.error()));
  made.words_ = {std::move(*word)};
  return made;
}

CommandTemplate CommandTemplate::of_plain_words(const std::vector<std::string>& words, std::string_view replaced) {
  CommandTemplate made;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Word& word = made.words_.emplace_back();
    std::string_view left = words[i];
    while (i > 0 && !replaced.empty()) {
      const auto at = left.find(replaced);
      if (at == std::string_view::npos) break;
      if (at > 0) word.push_back(Segment::of_text(left.substr(0, at)));
      word.push_back(Segment::of_inputs());
      left.remove_prefix(at + replaced.size());
    }
    if (!left.empty()) word.push_back(Segment::of_text(left));
  }
  if (replaced.empty()) made.words_.push_back({Segment::of_inputs()});
  return made;
}

CommandTemplate CommandTemplate::of_scripts() {
  CommandTemplate made;
  made.shell_ = made.scripts_ = true;
  made.words_ = {{Segment::of_inputs()}};
  return made;
}

void CommandTemplate::set_shell(std::string shell) {
  shell_path_ = std::move(shell);
  through_shell_ = !shell_;
}

bool CommandTemplate::has_place_for_inputs() const noexcept {
  return std::any_of(words_.begin(), words_.end(), [](const Word& word) {
    return std::any_of(word.begin(), word.end(), [](const Segment& s) { return s.shows_input(); });
  });
}

bool CommandTemplate::has_placeholder() const noexcept {
  return !first_placeholder([](const Placeholder&) { return true; }).empty();
}

bool CommandTemplate::ignores_inputs() const noexcept {
  if (!shell_ || has_place_for_inputs()) return false;
  const Word& script = words_.front();
  return std::none_of(script.begin(), script.end(), [](const Segment& segment) {
    return segment.is_text && (names_parameters(segment.text) || may_use_parameters(segment.text));
  });
}

bool CommandTemplate::has_input_within(std::size_t word) const noexcept {
  if (word >= words_.size() || words_[word].size() < 2) return false;
  return std::any_of(words_[word].begin(), words_[word].end(), [](const Segment& s) { return s.shows_input(); });
}

std::string_view CommandTemplate::first_placeholder(Test test) const noexcept {
  for (const Word& word : words_) {
    for (const Segment& segment : word) {
      if (!segment.is_text && test(segment.placeholder)) return segment.text;
    }
  }
  return {};
}

std::string_view CommandTemplate::total_placeholder() const noexcept {
  return first_placeholder([](const Placeholder& place) { return place.needs_total(); });
}

bool CommandTemplate::numbers_tasks() const noexcept {
  return !first_placeholder([](const Placeholder& place) { return place.kind == Placeholder::Kind::number; }).empty();
}

std::string_view CommandTemplate::worker_placeholder() const noexcept {
  return first_placeholder([](const Placeholder& place) { return place.needs_worker(); });
}

/// @param accept called with (offset, size, segment). If it returns false, the place is ordinary text
template <typename Accept>
CommandTemplate::WordOrError CommandTemplate::parse(std::string_view text, const PlaceholderSyntax& syntax,
                                                    const Accept& accept) {
  using What = PlaceholderFound::What;
  Word word;
  const auto add_text = [&word](std::string_view piece) {
    if (piece.empty()) return;
    if (word.empty() || !word.back().is_text) word.emplace_back();
    word.back().text += piece;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = next_placeholder(text, at, syntax);
    if (open == std::string_view::npos) break;
    add_text(text.substr(at, open - at));
    PlaceholderFound found = read_placeholder(text, open, syntax);
    at = open + found.size;
    if (found.what == What::mistake) return tl::unexpected(std::move(found.problem));
    if (found.what == What::literal) {
      add_text(text.substr(open + 1, found.size - 2));
      continue;
    }
    Segment segment;
    segment.is_text = false;
    segment.text = text.substr(open, found.size);
    segment.placeholder = std::move(found.placeholder);
    if (found.what == What::placeholder && accept(open, found.size, segment)) {
      if (segment.place.escaped) take_escape(word, segment.place);
      word.push_back(std::move(segment));
    } else {
      add_text(text.substr(open, 1));
      at = open + 1;
    }
  }
  add_text(text.substr(std::min(at, text.size())));
  return word;
}

// Outside quotes, a backslash before the text would escape the quote that the text begins with. Inside quotes it is literal.
void CommandTemplate::take_escape(Word& word, const ScriptPlace& place) {
  using Quoting = ScriptPlace::Quoting;
  const bool quoted = place.quoting == Quoting::double_quotes || place.quoting == Quoting::quoted_parameter;
  std::string& text = word.back().text;
  quoted ? text.push_back('\\') : text.pop_back();
}

CommandTemplate::WordOrError CommandTemplate::parse_script(std::string_view script, const PlaceholderSyntax& syntax,
                                                           ShellDialect dialect) {
  ScriptScanner scanner(script, dialect);
  std::string problem;
  auto word = parse(script, syntax, [&](std::size_t offset, std::size_t size, Segment& segment) {
    const ScriptScanner::Found found = scanner.place_at(offset, size);
    const std::string_view placeholder = script.substr(offset, size);
    if (found.obstacle == Obstacle::shell_parameter) return false;
    if (found.obstacle != Obstacle::none && !segment.placeholder.is_digits()) {
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

void CommandTemplate::append_text(std::string_view text, const Segment& segment, std::string& word) const {
  if (shell_) {
    append_at(word, text, segment.place);
  } else {
    word += text;
  }
}

void CommandTemplate::append(const Segment& segment, const Filling& filling, std::string& word) const {
  if (segment.is_text) {
    word += segment.text;
  } else if (segment.placeholder.shows_input()) {
    append_inputs(segment, filling, word);
  } else {
    append_text(number_text(segment.placeholder, filling), segment, word);
  }
}

void CommandTemplate::append_inputs(const Segment& segment, const Filling& filling, std::string& word) const {
  const Placeholder& place = segment.placeholder;
  std::string scratch;
  if (segment.shows_all_inputs()) {
    for (std::size_t i = 0; i < filling.inputs.size(); ++i) {
      if (i > 0) word += ' ';
      append_text(place.view.of(filling.inputs[i], scratch), segment, word);
    }
    return;
  }
  const auto count = static_cast<int>(filling.inputs.size());
  const int index = place.position > 0 ? place.position - 1 : count + place.position;
  const bool given = index >= 0 && index < count;
  append_text(given ? place.view.of(filling.inputs[static_cast<std::size_t>(index)], scratch) : std::string_view(),
              segment, word);
}

namespace {

/// A shell would take a script that begins with - or + for options.
void keep_from_options(std::string& script) {
  if (script.starts_with('-') || script.starts_with('+')) script.insert(0, 1, ' ');
}

}  // namespace

std::vector<std::string> CommandTemplate::expand(const Filling& filling) const {
  std::vector<std::string> expanded;
  if (shell_) expanded = {shell_path_, "-c"};
  if (through_shell_) expanded = {shell_path_, "-c", R"("$@")", std::string(base_of(shell_path_))};
  if (scripts_) {
    std::string& script = expanded.emplace_back();
    for (const std::string_view input : filling.inputs) script.append(script.empty() ? "" : " ").append(input);
    keep_from_options(script);
    return expanded;
  }
  for (const Word& word : words_) {
    if (!shell_ && word.size() == 1 && word.front().shows_all_inputs()) {
      std::string scratch;
      for (const std::string_view input : filling.inputs) {
        expanded.emplace_back(word.front().placeholder.view.of(input, scratch));
      }
      continue;
    }
    std::string& text = expanded.emplace_back();
    for (const Segment& segment : word) append(segment, filling, text);
  }
  if (shell_) {
    keep_from_options(expanded.back());
    expanded.emplace_back(base_of(shell_path_));
    expanded.insert(expanded.end(), filling.inputs.begin(), filling.inputs.end());
  }
  return expanded;
}

std::string CommandTemplate::expand_name(const Filling& filling) const { return joined_by_spaces(expand(filling)); }

std::string CommandTemplate::program() const {
  if (shell_ || through_shell_) return shell_path_;
  if (words_.empty()) return {};
  const Word& first = words_.front();
  return first.size() == 1 && first.front().is_text ? first.front().text : std::string();
}

std::string_view CommandTemplate::leading_text() const noexcept {
  const bool begins_with_text = !words_.empty() && !words_.front().empty() && words_.front().front().is_text;
  return begins_with_text ? std::string_view(words_.front().front().text) : std::string_view();
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
