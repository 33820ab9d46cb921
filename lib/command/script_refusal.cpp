// See script_refusal.hpp.
#include "command/script_refusal.hpp"

#include <algorithm>

namespace prun::command {
namespace {

constexpr std::string_view by_number = R"(use "$1", "$2" ... instead, which the shell fills in itself)";

constexpr std::string_view if_number = R"(use "$1", "$2" ... instead, but only if each input is a number)";

struct Explanation {
  std::string_view where;  ///< continues "{} stands "
  std::string_view advice;
};

Explanation explanation_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::dollar:
      return {"behind a dollar sign, where the shell reads ${...} itself",
              R"(write \$ for a dollar sign, or use "$1")"};
    case Obstacle::here_document:
      return {"in or behind a here-document, where prun cannot quote the input",
              R"(use "$1", "$2" ... instead; in the here-document itself without the quotes)"};
    case Obstacle::backquotes: return {"in backquotes, where prun cannot quote the input", R"(use $(...), or "$1")"};
    case Obstacle::comment:
      return {"in a comment, which an input could end", R"(remove it there, or write $1 or "$1")"};
    case Obstacle::arithmetic: return {"in or behind arithmetic, which would evaluate the input", if_number};
    case Obstacle::subscript: return {"in the subscript of an array, which would evaluate the input", if_number};
    case Obstacle::number_condition:
      return {"in a [[ ]] that evaluates words as arithmetic", "use [ ] instead, and -v only with names of variables"};
    case Obstacle::escaping_quotes:
      return {"in $'...', which bash and other shells read differently", R"(end these quotes before it, or use "$1")"};
    case Obstacle::parameter: return {"in or behind a form of ${...} where prun cannot quote the input", by_number};
    case Obstacle::case_in_brackets:
      return {"behind 'case' within $(...), where prun cannot tell how the shell will read it", by_number};
    case Obstacle::other_dialect: return {"behind quotes that bash and other shells read differently", by_number};
    case Obstacle::none:
    case Obstacle::shell_parameter: break;
  }
  return {"where prun cannot quote the input", by_number};
}

/// From 1, in characters.
std::size_t column_of(std::string_view line) {
  return 1 + static_cast<std::size_t>(std::count_if(
                 line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

}  // namespace

std::string refusal_of(std::string_view script, std::size_t offset, std::string_view placeholder, Obstacle obstacle) {
  const std::string_view before = script.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  std::string text;
  if (script.find('\n') != std::string_view::npos)
    text = "line " + std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ", ";
  text += "column " + std::to_string(column_of(before.substr(line_start))) + ": ";
  const Explanation explanation = explanation_of(obstacle);
  text.append(placeholder).append(" stands ").append(explanation.where).append("; ").append(explanation.advice);
  return text;
}

}  // namespace prun::command
