// Where a placeholder stands in a shell script, and how text is written there so that the shell reads exactly that text.
// Knows no script and no template.
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
    parameter,         ///< of ${x:-...} outside of quotes, and of the pattern of ${x%...} anywhere
    quoted_parameter,  ///< of ${x:-...} in double quotes
    unknown,           ///< only digits may be written there
  };
  Quoting quoting = Quoting::none;
  bool apart = false;       ///< outside of quotes: nothing else can belong to the same word
  bool after_name = false;  ///< $name stands right before it, to which text would be added
  bool escaped = false;     ///< a backslash stands right before it; it quotes nothing, for the text is quoted anyway
};

/// Appends `text` to the script. An empty text becomes an empty word, never nothing.
void append_at(std::string& script, std::string_view text, ScriptPlace place);

}  // namespace prun::command
