// One step for each token; see script_scanner.hpp. A quote or an expansion opens a level, and its end closes it.
#include "command/script_scanner.hpp"

#include <algorithm>

namespace prun::command {
namespace {

bool is_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view set, char c) noexcept { return c != '\0' && set.find(c) != std::string_view::npos; }

/// A text in ${} that is also valid for the shell: the number of a parameter, or the count of them.
bool is_parameter(std::string_view inside) noexcept {
  return inside == "#" || (!inside.empty() && std::all_of(inside.begin(), inside.end(), is_digit));
}

constexpr std::string_view special_parameters = "@*#?-$!";

}  // namespace

ScriptScanner::Found ScriptScanner::place_at(std::size_t offset, std::size_t size) {
  using Quoting = ScriptPlace::Quoting;
  const auto refused = [](Obstacle why) { return Found{{Quoting::unknown, false, false, false}, why}; };
  const bool parameter = at(offset) == '{' && size > 2 && is_parameter(script_.substr(offset + 1, size - 2));
  while (at_ < offset && obstacle_ == Obstacle::none) {
    if (at_ + 1 == offset && script_[at_] == '$' && (parameter || kind() != Kind::single_quotes))
      return refused(parameter ? Obstacle::shell_parameter : Obstacle::dollar);
    step();
  }
  // A placeholder may be written as any text (-I), also as one in the middle of what is one step here.
  if (at_ > offset && escape_end_ != offset && obstacle_ == Obstacle::none)
    return refused(kind() == Kind::backquotes ? Obstacle::backquotes : Obstacle::parameter);
  if (obstacle_ != Obstacle::none) {
    const bool dollar = parameter && offset != 0 && script_[offset - 1] == '$';
    return refused(dollar ? Obstacle::shell_parameter : obstacle_);
  }
  if (const Obstacle evaluation = evaluation_of(offset + size); evaluation != Obstacle::none)
    return refused(evaluation);
  Found found;
  ScriptPlace& place = found.place;
  place.after_name = offset != 0 && name_end_ == offset;
  place.escaped = offset != 0 && escape_end_ == offset;
  switch (kind()) {
    case Kind::commands: place.apart = stands_apart(offset, size); break;
    case Kind::single_quotes: place.quoting = Quoting::single_quotes; break;
    case Kind::double_quotes: place.quoting = Quoting::double_quotes; break;
    case Kind::parameter:
    case Kind::quoted_pattern: place.quoting = Quoting::parameter; break;
    case Kind::quoted_value:
      // No quote can separate them there. Bash, unless it is called sh, looks for a second single quote.
      if (place.after_name || bash_) return refused(Obstacle::parameter);
      place.quoting = Quoting::quoted_parameter;
      break;
    case Kind::escaping_quotes:
      if (!bash_ || place.escaped) return refused(Obstacle::escaping_quotes);
      place.quoting = Quoting::escaping_quotes;
      break;
    case Kind::backquotes: return refused(Obstacle::backquotes);
    case Kind::comment: return refused(Obstacle::comment);
    case Kind::arithmetic: return refused(Obstacle::arithmetic);
  }
  return found;
}

void ScriptScanner::pass(std::size_t offset, std::size_t size) {
  at_ = offset + size;
  in_word_ = true;
}

void ScriptScanner::step() {
  const char c = script_[at_];
  if (c == '\n' && here_document_) return stop_at(Obstacle::here_document);
  switch (kind()) {
    case Kind::commands: return read_commands(c);
    case Kind::parameter: return read_parameter(c);
    case Kind::double_quotes:
    case Kind::quoted_value:
    case Kind::quoted_pattern: return read_quoted(c);
    case Kind::escaping_quotes: return read_escaping_quotes(c);
    case Kind::arithmetic: return read_arithmetic(c);
    case Kind::single_quotes: return c == '\'' ? close() : void(++at_);
    case Kind::backquotes:
      if (c == '`') return close();
      at_ += c == '\\' ? std::size_t{2} : std::size_t{1};
      return;
    case Kind::comment:
      if (c == '\n') {
        levels_.pop_back();  // the end of the line belongs to the commands
      } else {
        ++at_;
      }
      return;
  }
}

void ScriptScanner::read_commands(char c) {
  switch (c) {
    case '\\':
      in_word_ = in_word_ || at(at_ + 1) != '\n';
      escape_end_ = ++at_;
      if (at(at_) != '{') ++at_;  // an escaped brace may begin a placeholder, and never has a meaning for the shell
      return;
    case '\'': return open(Kind::single_quotes, 1);
    case '"': return open(Kind::double_quotes, 1);
    case '`': return open(Kind::backquotes, 1);
    case '$': return read_dollar();
    case '<': return read_less();
    case ')': return close_bracket();
    case '(':
      if (at(at_ + 1) == '(') return open(Kind::arithmetic, 2, false);
      ++levels_.back().brackets;
      levels_.back().array = at_ != 0 && script_[at_ - 1] == '=';
      ++at_;
      return end_word();
    case '\n':
    case ';':
    case '&':
    case '|': levels_.back().subscript = 0; [[fallthrough]];
    case ' ':
    case '\t':
    case '>': ++at_; return end_word();
    case '#':
      if (!in_word_) return open(Kind::comment, 1);
      break;
    case '[':
    case ']': read_square_bracket(c); break;
    default: break;
  }
  if (!in_word_ && levels_.size() > 1 && begins_case()) return stop_at(Obstacle::case_in_brackets);
  in_word_ = true;
  ++at_;
}

// Bash parses a[...]= as an assignment with blanks and quotes in the brackets too.
void ScriptScanner::read_square_bracket(char c) noexcept {
  Level& level = levels_.back();
  const std::string_view word = script_.substr(level.word, at_ - level.word);
  const bool begins = word.empty() ? level.array : std::ranges::all_of(word, is_name) && !is_digit(word.front());
  if (!in_word_ && c == '[' && at(at_ + 1) == '[' && is_one_of(" \t\n", at(at_ + 2))) {
    level.condition = at_ + 2;
  } else if (!in_word_ && c == ']' && at(at_ + 1) == ']') {
    level.condition = 0;
  } else if (level.subscript != 0) {
    level.subscript += c == '[' ? 1U : -1U;
  } else if (c == '[' && begins) {
    level.subscript = 1;
  }
}

void ScriptScanner::read_parameter(char c) {
  switch (c) {
    case '\\':
      escape_end_ = ++at_;
      if (at(at_) != '{') ++at_;
      return;
    case '\'': return open(Kind::single_quotes, 1);
    case '"': return open(Kind::double_quotes, 1);
    case '`': return open(Kind::backquotes, 1);
    case '$': return read_dollar();
    case '}': return close();
    default: ++at_;
  }
}

void ScriptScanner::read_quoted(char c) {
  switch (c) {
    case '\\': {
      const char next = at(at_ + 1);
      const bool braces = kind() != Kind::double_quotes && next == '}';
      escape_end_ = ++at_;
      if (braces || is_one_of("$`\"\\\n", next)) ++at_;
      return;
    }
    case '`': return open(Kind::backquotes, 1);
    case '$': return read_dollar();
    case '"': return kind() == Kind::double_quotes ? close() : stop_at(Obstacle::other_dialect);
    case '\'':
      if (kind() == Kind::quoted_pattern || (bash_ && kind() == Kind::quoted_value))
        return stop_at(Obstacle::other_dialect);
      break;
    case '}':
      if (kind() != Kind::double_quotes) return close();
      break;
    default: break;
  }
  ++at_;
}

void ScriptScanner::read_escaping_quotes(char c) {
  if (c == '\'') return close();
  const bool escape = c == '\\';
  if (bash_) {
    if (escape) escape_end_ = ++at_;
    if (!escape || at(at_) != '{') ++at_;
    return;
  }
  if (escape && at(at_ + 1) == '\'') return stop_at(Obstacle::other_dialect);  // in dash it ends here
  at_ += escape && at(at_ + 1) == '\\' ? std::size_t{2} : std::size_t{1};
}

// What looks like arithmetic may be a nested subshell. If that would be read differently, the scanner stops.
void ScriptScanner::read_arithmetic(char c) {
  if (is_one_of("'\"\\`\n", c)) return stop_at(Obstacle::arithmetic);
  if (c == '$') return read_dollar();
  if (c == '#' && is_one_of(" \t;&|()", script_[at_ - 1])) return stop_at(Obstacle::arithmetic);  // dash's comment
  unsigned& brackets = levels_.back().brackets;
  if (c == '(') {
    ++brackets;
  } else if (c == ')' && brackets > 0) {
    --brackets;
  } else if (c == ')') {
    if (at(at_ + 1) != ')') return stop_at(Obstacle::arithmetic);
    ++at_;
    return close();
  }
  ++at_;
}

void ScriptScanner::read_dollar() {
  const char next = at(at_ + 1);
  in_word_ = true;
  if (next == '{') return read_braces();
  if (next == '(') return at(at_ + 2) == '(' ? open(Kind::arithmetic, 3) : open(Kind::commands, 2);
  if (next == '[') return stop_at(Obstacle::arithmetic);
  if (next == '\'' && !in_double_quotes()) return open(Kind::escaping_quotes, 2);
  ++at_;
  if (is_name(next)) {
    while (is_name(at(at_))) ++at_;
    name_end_ = at_;
  } else if (is_one_of(special_parameters, next)) {
    ++at_;
  }
}

// ${x}, ${#x}, ${x:-...} and similar, ${x%...} and ${x#...}. Of bash also ${!x}, ${x[...]}, and the operators that take plain text.
void ScriptScanner::read_braces() {
  std::size_t end = at_ + 2;
  const bool length = at(end) == '#' && at(end + 1) != '}';
  const bool indirect = bash_ && at(end) == '!' && is_name(at(end + 1));
  if (length || indirect) ++end;
  end = behind_name(end);
  if (bash_ && end != 0 && at(end) == '[') end = behind_subscript(end);
  if (end == 0) return stop_at(Obstacle::parameter);
  if (indirect && is_one_of("*@", at(end)) && at(end + 1) == '}') ++end;
  if (at(end) == '}') {
    at_ = end + 1;
    return;
  }
  const bool colon = at(end) == ':';
  const char sign = at(end + (colon ? 1 : 0));
  const bool value = is_one_of("-=?+", sign);
  const bool pattern = !colon && is_one_of("%#", sign);
  // The result of an operator inside arithmetic, or inside another pattern, would be parsed again.
  const bool read_again = kind() == Kind::arithmetic || kind() == Kind::quoted_pattern;
  if (length || read_again) return stop_at(Obstacle::parameter);
  if (!value && !pattern) {
    const std::size_t close = bash_ && is_one_of("/:^,@", at(end)) ? end_of_plain_text(end) : 0;
    if (close == 0) return stop_at(Obstacle::parameter);
    at_ = close + 1;
    return;
  }
  open(!in_double_quotes() ? Kind::parameter
       : value             ? Kind::quoted_value
                           : Kind::quoted_pattern,
       end + (colon ? std::size_t{2} : std::size_t{1}) - at_);
}

/// Behind the name of a parameter; 0: there is none.
std::size_t ScriptScanner::behind_name(std::size_t begin) const noexcept {
  std::size_t end = begin;
  if (is_digit(at(end))) {
    while (is_digit(at(end))) ++end;
  } else if (is_name(at(end))) {
    while (is_name(at(end))) ++end;
  } else if (is_one_of(special_parameters, at(end))) {
    ++end;
  } else {
    return 0;
  }
  return end;
}

/// Behind a subscript such as [0], [i+1], [$i] or [@]; 0: it is another, which only a complete parser could follow.
std::size_t ScriptScanner::behind_subscript(std::size_t begin) const noexcept {
  std::size_t end = begin + 1;
  while (is_name(at(end)) || is_one_of("@*+-", at(end)) || (at(end) == '$' && is_name(at(end + 1)))) ++end;
  return at(end) == ']' ? end + 1 : 0;
}

/// The place of the brace that ends ${...}, if the text before it has nothing that could change the quoting; otherwise 0.
std::size_t ScriptScanner::end_of_plain_text(std::size_t begin) const noexcept {
  for (std::size_t end = begin; end < script_.size(); ++end) {
    const char c = script_[end];
    if (c == '}') return end;
    if (is_one_of("'\"\\`{()<>\n", c) || (c == '$' && !is_name(at(end + 1)))) return 0;
  }
  return 0;
}

void ScriptScanner::read_less() {
  ++at_;
  if (at(at_) == '<') {
    ++at_;
    if (at(at_) == '<') {
      ++at_;  // bash's <<<
    } else {
      here_document_ = true;
    }
  }
  end_word();
}

void ScriptScanner::close_bracket() {
  unsigned& brackets = levels_.back().brackets;
  if (brackets == 0 && levels_.size() > 1) return close();
  if (brackets > 0) --brackets;
  levels_.back().array = false;
  ++at_;
  end_word();
}

/// The next character begins a word.
void ScriptScanner::end_word() noexcept {
  in_word_ = false;
  levels_.back().word = at_;
}

bool ScriptScanner::in_double_quotes() const noexcept {
  return kind() == Kind::double_quotes || kind() == Kind::quoted_value || kind() == Kind::quoted_pattern ||
         kind() == Kind::arithmetic;
}

// Quotes do not keep bash from evaluating a text as arithmetic, and with it the commands in a subscript, as in a[$(...)].
Obstacle ScriptScanner::evaluation_of(std::size_t end) const noexcept {
  const auto level = std::ranges::find(levels_.rbegin(), levels_.rend(), Kind::commands, &Level::kind);
  const std::string_view rest = script_.substr(std::min(end, script_.size()));
  const std::string_view command = rest.substr(0, rest.find_first_of("\n;&|"));
  if (level->subscript != 0 &&
      (command.find("]=") != std::string_view::npos || command.find("]+=") != std::string_view::npos))
    return Obstacle::subscript;
  if (level->condition == 0) return Obstacle::none;
  const std::string_view condition =
      script_.substr(level->condition, script_.find("]]", end) - level->condition);  // npos: to the end
  for (const std::string_view option : {"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v"}) {
    const auto found = condition.find(option);
    if (found != std::string_view::npos && is_one_of(" \t\n", condition[found - 1])) return Obstacle::number_condition;
  }
  return Obstacle::none;
}

bool ScriptScanner::begins_case() const noexcept { return script_.substr(at_, 4) == "case" && !is_name(at(at_ + 4)); }

// Only there is text possible without quotes: "2" before ">" would be a descriptor, "a" before "=" a variable.
bool ScriptScanner::stands_apart(std::size_t offset, std::size_t size) const noexcept {
  const std::size_t end = offset + size;
  if (bash_ && script_.substr(0, offset).find("[[") != std::string_view::npos)
    return false;  // -n would be an operator there
  return !in_word_ && (end >= script_.size() || is_one_of(" \t\n;&|)", script_[end]));
}

void ScriptScanner::open(Kind kind, std::size_t sign_size, bool is_word) {
  at_ += sign_size;
  levels_.push_back({kind, is_word, 0, at_});
  in_word_ = kind != Kind::commands;
}

void ScriptScanner::close() {
  in_word_ = levels_.back().is_word;
  levels_.pop_back();
  ++at_;
}

}  // namespace prun::command
