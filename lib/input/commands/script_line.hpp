// Finds out where a command line ends that may go on in the next line of its file, as a POSIX shell reads it: after a backslash, and
// within quotes. It does not know what the commands are, nor where the lines come from.
#pragma once

#include <cstdint>
#include <string_view>

namespace prun {

class ScriptLineScanner {
 public:
  enum class End : std::uint8_t {
    complete,   ///< the command line ends with this line
    backslash,  ///< it goes on, because a backslash ends this line
    quote,      ///< it goes on, because a quote is open
  };

  /// @param line without its newline
  End add(std::string_view line);

  /// The quote that is open after End::quote.
  [[nodiscard]] char quote() const noexcept { return quote_; }

 private:
  char quote_ = '\0';
  bool escapes_ = false;  ///< the quote is one of $'...', in which a backslash keeps the next character
};

/// Returns true for a line that has no command: blanks, or a comment. `#!/usr/bin/prun` is a comment too.
[[nodiscard]] bool is_blank_or_comment(std::string_view line) noexcept;

}  // namespace prun
