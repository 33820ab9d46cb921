// Writes text at each kind of place; see script_place.hpp.
//
// It prefers single quotes to backslashes: in some character sets (Shift_JIS, GBK) a backslash can be the second byte of a
// character and then escapes nothing. A single quote cannot.
#include "command/script_place.hpp"

#include <algorithm>
#include <array>

namespace prun::command {
namespace {

bool is_plain(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:,+@%").find(c) != std::string_view::npos;
  });
}

/// Words that begin or end a compound command if a shell finds them without quotes.
bool is_reserved(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 18> words{"case",  "do",   "done",   "elif",   "else",     "esac",
                                                          "fi",    "for",  "if",     "in",     "then",     "until",
                                                          "while", "time", "coproc", "select", "function", "namespace"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

void append_escaped(std::string& script, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) script += '\\';
    script += c;
  }
}

/// The text inside single quotes that are open already and stay open.
void append_in_single_quotes(std::string& script, std::string_view text) {
  for (const char c : text) {
    if (c == '\'') {
      script += "'\\''";
    } else {
      script += c;
    }
  }
}

}  // namespace

void append_single_quoted(std::string& script, std::string_view text) {
  script += '\'';
  append_in_single_quotes(script, text);
  script += '\'';
}

void append_at(std::string& script, std::string_view text, ScriptPlace place) {
  using Quoting = ScriptPlace::Quoting;
  switch (place.quoting) {
    case Quoting::none:
      if (place.apart && is_plain(text) && !is_reserved(text)) {
        script += text;
      } else {
        append_single_quoted(script, text);
      }
      break;
    case Quoting::parameter: append_single_quoted(script, text); break;
    case Quoting::single_quotes: append_in_single_quotes(script, text); break;
    case Quoting::double_quotes:
      if (text.empty() && !place.after_name) break;
      if (is_plain(text) && !place.after_name) {
        script += text;
        break;
      }
      script += '"';
      append_single_quoted(script, text);
      script += '"';
      break;
    case Quoting::quoted_parameter: append_escaped(script, text, "$`\"\\}"); break;
    case Quoting::escaping_quotes:
      script += '\'';
      append_single_quoted(script, text);
      script += "$'";
      break;
    case Quoting::unknown: script += text; break;
  }
}

}  // namespace prun::command
