// See shell_syntax.hpp.
#include "command/shell_syntax.hpp"

#include <algorithm>
#include <array>

namespace prun::command {
namespace {

template <std::size_t size>
bool is_any_of(const std::array<std::string_view, size>& words, std::string_view word) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool begins_name(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) noexcept { return begins_name(c) || (c >= '0' && c <= '9'); }

/// The words as written, with their quotes.
std::vector<std::string_view> written_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  char quote = '\0';
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const char c = at < text.size() ? text[at] : ' ';
    const bool blank = quote == '\0' && (c == ' ' || c == '\t' || c == '\n');
    if (blank || at == text.size()) {
      if (at > begin) words.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    } else if (c == '\\' && quote != '\'') {
      ++at;
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  return words;
}

bool is_operator(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 6> operators{"|", "||", "&&", ";", "&", "|&"};
  return is_any_of(operators, word);
}

/// `>`, `>file`, `2>&1`, `<file`; but not `<a>`, which is text.
bool is_redirection(std::string_view word) noexcept {
  const auto sign = word.find_first_not_of("0123456789&");
  constexpr std::string_view signs = "<>";
  if (sign > 1 || sign >= word.size() || signs.find(word[sign]) == std::string_view::npos) return false;
  return word.find_first_of(signs, word.find_first_not_of(signs, sign)) == std::string_view::npos;
}

std::optional<std::string> variable_in(std::string_view word) {
  if (word.find_first_of("'\\") != std::string_view::npos) return std::nullopt;
  for (auto at = word.find('$'); at != std::string_view::npos; at = word.find('$', at + 1)) {
    const std::string_view behind = word.substr(at + 1);
    if (behind.starts_with('(')) return "$(";
    if (behind.empty() || !begins_name(behind.front())) continue;
    const auto end = std::find_if_not(behind.begin(), behind.end(), is_name);
    return std::string("$").append(behind.begin(), end);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> shell_syntax_in(std::string_view text) {
  const std::vector<std::string_view> words = written_words(text);
  const bool takes_commands = std::any_of(words.begin(), words.end(), [](std::string_view word) {
    return word.starts_with("-exec") || word.starts_with("-ok");  // of find, to which ; is an argument
  });
  for (const std::string_view word : words) {
    if (word == ";" && takes_commands) continue;
    if (is_operator(word) || is_redirection(word)) return std::string(word);
    if (word.size() > 1 && word.ends_with(';') && !word.ends_with("\\;")) return ";";
    if (auto variable = variable_in(word)) return variable;
  }
  return std::nullopt;
}

std::optional<std::string> shell_operator_among(const std::vector<std::string>& words) {
  const bool takes_commands =
      std::any_of(words.begin(), words.end(), [](std::string_view word) { return word.starts_with("-exec"); });
  for (const std::string& word : words) {
    if (word == ";" && takes_commands) continue;
    const bool is_bare = word.find_first_not_of("0123456789<>&|;") == std::string::npos;
    if (is_operator(word) || (is_bare && is_redirection(word))) return word;
  }
  return std::nullopt;
}

bool is_shell_word(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 28> words{
      ".",    ":",      "alias", "break", "case",  "cd",     "command", "continue", "eval",   "exec",
      "exit", "export", "for",   "if",    "read",  "return", "set",     "shift",    "source", "trap",
      "type", "ulimit", "umask", "unset", "until", "wait",   "while",   "local"};
  return is_any_of(words, word);
}

bool is_assignment(std::string_view word) noexcept {
  const auto sign = word.find('=');
  if (sign == std::string_view::npos || sign == 0 || !begins_name(word.front())) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(sign), is_name);
}

bool is_shell(std::string_view program) noexcept {
  static constexpr std::array<std::string_view, 7> shells{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"};
  const auto slash = program.rfind('/');
  return is_any_of(shells, slash == std::string_view::npos ? program : program.substr(slash + 1));
}

}  // namespace prun::command
