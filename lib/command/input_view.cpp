// See input_view.hpp. Forms that awk, sed, printf and shells write in braces are no views; prun.1.in documents the rule.
#include "command/input_view.hpp"

#include <re2/re2.h>

#include <fnmatch.h>

#include <algorithm>
#include <utility>

namespace prun::command {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// `s`, `5d`, `-02x`, `.3f`: with a % before it a conversion of printf(1) or date(1).
bool is_conversion(std::string_view text) noexcept {
  if (text.empty() || !is_letter(text.back())) return false;
  text.remove_suffix(1);
  text.remove_prefix(std::min(text.find_first_not_of("-+0#"), text.size()));
  const auto skip_digits = [&text] {
    const auto* end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
  };
  skip_digits();
  if (!text.starts_with('.')) return text.empty();
  text.remove_prefix(1);
  return skip_digits() > 0 && text.empty();
}

/// Returns true for what follows a regular expression in sed: d, p, !d, or several commands.
bool is_sed_command(std::string_view text) noexcept {
  if (text.find_first_of("/,;") != npos || text.starts_with('!') || text.starts_with('{')) return true;
  const auto begin = text.find_first_not_of(" \t");
  if (begin == npos) return false;
  text = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
  return text.size() == 1 && std::string_view("=dDgGhHlnNpPqQx").find(text.front()) != npos;
}

/// The slash that ends the regex; a backslash keeps one in it.
std::size_t end_of_regex(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '/') return at;
    if (text[at] == '\\') ++at;
  }
  return npos;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

tl::expected<std::optional<InputView>, std::string> InputView::parse(std::string_view text) {
  InputView view;
  if (const auto part = part_named(text)) {
    view.way_ = *part;
    return view;
  }
  if (text.starts_with('/')) return parse_replacement(text.substr(1));
  auto removal = parse_removal(text);
  if (!removal) return std::nullopt;
  view.way_ = std::move(*removal);
  return view;
}

std::optional<InputView::Removal> InputView::parse_removal(std::string_view text) {
  if (text.empty() || (text.front() != '%' && text.front() != '#')) return std::nullopt;
  const char sign = text.front();
  const bool longest = text.size() > 1 && text[1] == sign;
  const std::string_view pattern = text.substr(longest ? 2 : 1);
  if (pattern.empty() || pattern.find_first_of(" \t\n'\"`$;{%") != npos) return std::nullopt;
  if (sign == '%' && !longest && is_conversion(pattern)) return std::nullopt;
  return Removal{std::string(pattern), sign == '%', longest, pattern.find_first_of("*?[\\") == npos};
}

tl::expected<std::optional<InputView>, std::string> InputView::parse_replacement(std::string_view text) {
  const bool every = text.starts_with('/');
  if (every) text.remove_prefix(1);
  const std::size_t end = end_of_regex(text);
  if (end == npos || end == 0) return std::nullopt;
  const std::string_view replacement = text.substr(end + 1);
  if (!every && is_sed_command(replacement)) return std::nullopt;
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<RE2>(piece(text.substr(0, end)), options);
  if (!regex->ok()) return tl::unexpected("its regular expression is wrong: " + regex->error());
  std::string problem;
  if (!regex->CheckRewriteString(piece(replacement), &problem))
    return tl::unexpected("its replacement is wrong: " + problem);
  InputView view;
  view.way_ = Replacement{std::move(regex), std::string(replacement), every};
  return view;
}

std::string_view InputView::without(std::string_view input, const Removal& removal, std::string& scratch) {
  const auto rest = [&](std::size_t size) {
    return removal.suffix ? input.substr(0, input.size() - size) : input.substr(size);
  };
  if (removal.literal) {
    const bool there = removal.suffix ? input.ends_with(removal.pattern) : input.starts_with(removal.pattern);
    return there ? rest(removal.pattern.size()) : input;
  }
  for (std::size_t i = 0; i <= input.size(); ++i) {
    const std::size_t size = removal.longest ? input.size() - i : i;
    scratch = removal.suffix ? input.substr(input.size() - size) : input.substr(0, size);
    if (::fnmatch(removal.pattern.c_str(), scratch.c_str(), 0) == 0) return rest(size);
  }
  return input;
}

std::string_view InputView::of(std::string_view input, std::string& scratch) const {
  if (const auto* part = std::get_if<PathPart>(&way_)) return part_of(input, *part);
  if (const auto* removal = std::get_if<Removal>(&way_)) return without(input, *removal, scratch);
  const auto& replacement = std::get<Replacement>(way_);
  scratch = input;
  if (replacement.every) {
    RE2::GlobalReplace(&scratch, *replacement.regex, piece(replacement.text));
  } else {
    RE2::Replace(&scratch, *replacement.regex, piece(replacement.text));
  }
  return scratch;
}

}  // namespace prun::command
