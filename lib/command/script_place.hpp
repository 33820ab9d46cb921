// The syntactic place of a placeholder in a shell script, and how to write text there so that the shell reads exactly that
// text. It does not know scripts and templates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::command {

struct ScriptPlace {
  enum class Quoting : std::uint8_t {
    none,
    double_quotes,
    single_quotes,
    parameter,         ///< inside ${x:-...} outside quotes, and inside the pattern of ${x%...} anywhere
    quoted_parameter,  ///< inside ${x:-...} in double quotes
    escaping_quotes,   ///< inside $'...' of bash
    unknown,           ///< only digits may be written there
  };
  Quoting quoting = Quoting::none;
  bool apart = false;       ///< outside quotes: nothing else can belong to the same word
  bool after_name = false;  ///< directly after $name, which the text would extend
  bool escaped = false;     ///< directly after a backslash, which is dropped because the text is quoted anyway
};

/// Appends `text` to the script. An empty text becomes an empty word, not nothing.
void append_at(std::string& script, std::string_view text, ScriptPlace place);

/// Appends `text` in single quotes, where no quotes are open.
void append_single_quoted(std::string& script, std::string_view text);

}  // namespace prun::command
