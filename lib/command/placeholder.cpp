// See placeholder.hpp.
#include "command/placeholder.hpp"

#include "function/edit_distance.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace prun::command {
namespace {

using Kind = Placeholder::Kind;
using What = PlaceholderFound::What;

constexpr auto npos = std::string_view::npos;

constexpr std::array<std::pair<std::string_view, Kind>, 5> numbers{{{"#", Kind::number},
                                                                    {"0#", Kind::padded_number},
                                                                    {"##", Kind::total},
                                                                    {"%", Kind::slot},
                                                                    {"0%", Kind::padded_slot}}};
constexpr std::array<std::string_view, 17> fixed_forms{"",   ".",  "..",  "...",  "/", "//", "/.", "/..", "/...",
                                                       "+/", "+.", "+..", "+...", "#", "0#", "##", "%"};

/// `%04d`, `%4d`, `%d`.
bool parse_number_format(std::string_view format, Placeholder& number) {
  if (!format.starts_with('%') || !format.ends_with('d') || format.size() < 2) return false;
  format = format.substr(1, format.size() - 2);
  if (format.starts_with('0')) number.fill = '0';
  const char* end = format.data() + format.size();
  const auto [stop, error] = std::from_chars(format.data(), end, number.width);
  return format.empty() || (error == std::errc{} && stop == end && number.width >= 0 && number.width <= 100);
}

/// The number in front, which is taken off.
std::optional<int> take_position(std::string_view& inside) {
  int position = 0;
  const auto [behind, error] = std::from_chars(inside.data(), inside.data() + inside.size(), position);
  if (error != std::errc{}) return std::nullopt;
  inside.remove_prefix(static_cast<std::size_t>(behind - inside.data()));
  return position;
}

/// The name of a column in front, which is taken off; its position.
std::optional<int> take_column(std::string_view& inside, const std::vector<std::string>& columns) {
  std::optional<int> position;
  std::size_t size = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& name = columns[i];
    if (name.size() <= size || !inside.starts_with(name)) continue;
    size = name.size();
    position = static_cast<int>(i) + 1;
  }
  inside.remove_prefix(size);
  return position;
}

/// Returns true for text that has only signs of placeholders, perhaps after a number. It is very likely a mistake.
bool looks_like_placeholder(std::string_view inside) {
  static_cast<void>(take_position(inside));
  return !inside.empty() && inside.find_first_not_of("./+#%") == npos;
}

std::string nearest_form(std::string_view inside) {
  const std::string_view whole = inside;
  const auto position = take_position(inside);
  const std::string number(whole.substr(0, whole.size() - inside.size()));
  std::string_view best;
  std::size_t least = SIZE_MAX;
  for (const std::string_view form : fixed_forms) {
    const std::size_t distance = edit_distance(inside, form);
    if (form.empty() || distance >= least) continue;
    least = distance;
    best = form;
  }
  const bool numbered = position && *position != 0 && best.find_first_of("#%") == npos;
  return '{' + (numbered ? number : std::string()) + std::string(best) + '}';
}

PlaceholderFound mistake(std::string_view text, const std::string& problem) {
  PlaceholderFound found;
  found.what = What::mistake;
  found.size = text.size();
  found.problem = std::string(text) + ": " + problem;
  return found;
}

PlaceholderFound unknown(std::string_view text, const std::string& meant) {
  return mistake(text, "there is no such placeholder; did you mean " + meant + "? For the text itself, write {" +
                           std::string(text) + "}");
}

PlaceholderFound found_at(std::size_t size, Placeholder placeholder) {
  PlaceholderFound found;
  found.what = What::placeholder;
  found.size = size;
  found.placeholder = std::move(placeholder);
  return found;
}

/// A form that shows an input, from the position on.
/// @param behind_dollar ${1%.gz}, ${#x} and the like belong to a shell
PlaceholderFound read_view(std::string_view text, bool behind_dollar, const PlaceholderSyntax& syntax) {
  const std::string_view inside = text.substr(1, text.size() - 2);
  std::string_view rest = inside;
  auto position = take_position(rest);
  const bool zero = position == 0;
  if (!position) position = take_column(rest, syntax.columns);
  auto view = InputView::parse(rest);
  if (behind_dollar && (!view || !*view || !(*view)->is_path_part())) return {};
  if (!view) return mistake(text, view.error());
  const bool is_range = position && rest.starts_with("..") && rest.find_first_of("0123456789") != npos;
  if (!*view)
    return looks_like_placeholder(inside) && !is_range && !behind_dollar ? unknown(text, nearest_form(inside))
                                                                         : PlaceholderFound{};
  if (zero) {
    if (behind_dollar) return {};
    return mistake(text, "inputs are counted from 1: the first is {1" + std::string(rest) +
                             "}. For the text itself, write {" + std::string(text) + "}");
  }
  if (!position && rest.empty() && syntax.input != "{}") return {};
  Placeholder placeholder;
  placeholder.kind = position ? Kind::input : Kind::inputs;
  placeholder.position = position.value_or(0);
  placeholder.view = std::move(**view);
  return found_at(text.size(), std::move(placeholder));
}

/// What GNU parallel reads with --plus, and prun does not know: its beginning, and what to do instead.
struct PlusForm {
  std::string_view beginning;
  bool whole;  ///< nothing follows
  std::string_view instead;
};
constexpr std::array<PlusForm, 9> plus_forms{
    {{"slot", true, "write {%}"},
     {"seq", true, "write {#}"},
     {"choose_k", true, "give each combination as an input"},
     {"uniq", true, "remove equal inputs with `sort -u`"},
     {"hgrp", true, "prun has no groups of hosts"},
     {":-", false, R"(write x={}; echo "${x:-text}" in a script)"},
     {":", false, R"(write x={}; echo "${x:2:3}" in a script, with --shell bash)"},
     {"^", false, R"(write x={}; echo "${x^^}" in a script, with --shell bash)"},
     {",", false, R"(write x={}; echo "${x,,}" in a script, with --shell bash)"}}};

PlaceholderFound read_plus_form(std::string_view text) {
  const std::string_view inside = text.substr(1, text.size() - 2);
  for (const PlusForm& form : plus_forms) {
    if (!(form.whole ? inside == form.beginning : inside.starts_with(form.beginning))) continue;
    return mistake(text, "prun does not have this placeholder of --plus; " + std::string(form.instead) +
                             ". For the text itself, leave out --plus");
  }
  return {};
}

/// The name of a column, written wrongly.
std::optional<std::string> column_meant(std::string_view inside, const std::vector<std::string>& columns) {
  const std::string_view name = inside.substr(0, inside.find_first_of("./+#%"));
  for (const std::string& column : columns) {
    if (2 * edit_distance(name, column) < name.size()) return '{' + column + '}';
  }
  return std::nullopt;
}

/// The brace that ends what begins with one: a regex may have braces of its own.
std::size_t closing_brace(std::string_view text) {
  const auto first = text.find('}');
  if (text.find('/') > first) return first;
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '{') {
      ++open;
    } else if (text[at] == '}' && --open == 0) {
      return at;
    }
  }
  return first;
}

constexpr std::string_view no_expressions =
    "prun does not run Perl expressions; use {/regex/text}, or change $1 in a script";

/// Where `{=` begins, which is not the parameter `${=...}` of a shell, nor escaped as `{{=`.
std::size_t expression_in(std::string_view word) {
  std::size_t at = word.find("{=");
  while (at != npos && at > 0 && (word[at - 1] == '$' || word[at - 1] == '{')) at = word.find("{=", at + 1);
  return at;
}

PlaceholderFound read_braces(std::string_view command, std::size_t at, const PlaceholderSyntax& syntax) {
  const std::string_view rest = command.substr(at);
  const bool behind_dollar = at > 0 && command[at - 1] == '$';
  if (rest.starts_with("{=") && !behind_dollar) {
    if (const auto end = rest.find("=}"); end != npos && end > 1)
      return mistake(rest.substr(0, end + 2), std::string(no_expressions));
  }
  const auto close = rest.find('}');
  if (close == npos) return {};
  const std::string_view inside = rest.substr(1, close - 1);
  Placeholder number;
  const auto* known = std::find_if(numbers.begin(), numbers.end(), [&](const auto& n) { return n.first == inside; });
  if (known != numbers.end()) {
    number.kind = known->second;
    return found_at(close + 1, std::move(number));
  }
  if (inside.starts_with("#:%")) {
    number.kind = Kind::number;
    const std::string_view text = rest.substr(0, close + 1);
    if (!parse_number_format(inside.substr(2), number))
      return mistake(text, "the format of a number is %d, %4d or %04d, with a width of at most 100");
    return found_at(close + 1, std::move(number));
  }
  const std::size_t last = closing_brace(rest);
  if (last != close) {
    if (auto found = read_view(rest.substr(0, last + 1), behind_dollar, syntax); found.what != What::text) return found;
  }
  auto found = read_view(rest.substr(0, close + 1), behind_dollar, syntax);
  if (found.what != What::text || behind_dollar) return found;
  if (syntax.plus) {
    if (auto plus = read_plus_form(rest.substr(0, close + 1)); plus.what != What::text) return plus;
  }
  if (const auto meant = column_meant(inside, syntax.columns)) return unknown(rest.substr(0, close + 1), *meant);
  return found;
}

}  // namespace

std::string problem_across_words(const std::vector<std::string>& words) {
  for (std::size_t first = 0; first < words.size(); ++first) {
    const std::size_t begin = expression_in(words[first]);
    if (begin == npos || words[first].find("=}", begin + 2) != npos) continue;
    std::string expression = words[first].substr(begin);
    for (std::size_t last = first + 1; last < words.size(); ++last) {
      const std::size_t end = words[last].find("=}");
      expression += ' ' + words[last].substr(0, end == npos ? end : end + 2);
      if (end != npos) return mistake(expression, std::string(no_expressions)).problem;
    }
  }
  return {};
}

std::size_t next_placeholder(std::string_view command, std::size_t from, const PlaceholderSyntax& syntax) {
  const std::size_t brace = command.find('{', from);
  return syntax.input == "{}" ? brace : std::min(brace, command.find(syntax.input, from));
}

PlaceholderFound read_placeholder(std::string_view command, std::size_t at, const PlaceholderSyntax& syntax) {
  if (syntax.input != "{}" && command.substr(at).starts_with(syntax.input)) return found_at(syntax.input.size(), {});
  if (command.substr(at).starts_with("{{") && (at == 0 || command[at - 1] != '$')) {
    PlaceholderFound inner = read_braces(command, at + 1, syntax);
    if (inner.what != What::text && command.substr(at + 1 + inner.size).starts_with('}')) {
      inner.what = What::literal;
      inner.size += 2;
      return inner;
    }
  }
  return read_braces(command, at, syntax);
}

}  // namespace prun::command
