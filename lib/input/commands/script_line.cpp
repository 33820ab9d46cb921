#include "input/commands/script_line.hpp"

namespace prun {
namespace {

bool begins_word(std::string_view line, std::size_t at) noexcept {
  return at == 0 || std::string_view(" \t;&|()").find(line[at - 1]) != std::string_view::npos;
}

}  // namespace

ScriptLineScanner::End ScriptLineScanner::add(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool backslash_escapes = quote_ != '\'' || escapes_;
    if (c == '\\' && backslash_escapes) {
      if (++at < line.size()) continue;
      return quote_ == '\0' ? End::backslash : End::quote;
    }
    if (quote_ != '\0') {
      if (c == quote_) quote_ = '\0';
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      escapes_ = c == '\'' && at > 0 && line[at - 1] == '$';
    } else if (c == '#' && begins_word(line, at)) {
      return End::complete;
    }
  }
  return quote_ == '\0' ? End::complete : End::quote;
}

bool is_blank_or_comment(std::string_view line) noexcept {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

}  // namespace prun
