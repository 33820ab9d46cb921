// What of a command line is a shell's language, and means nothing where the command is run without one. For advice only: it
// names what is very likely meant for a shell, and is silent in doubt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prun::command {

/// The first operator, redirection or variable that stands in `text` without quotes: "|", "2>/dev/null", "$HOME".
[[nodiscard]] std::optional<std::string> shell_syntax_in(std::string_view text);

/// A command or keyword of the shell itself, such as cd or for.
[[nodiscard]] bool is_shell_word(std::string_view word) noexcept;

/// `NAME=value`, which a shell before a command takes as a variable for it.
[[nodiscard]] bool is_assignment(std::string_view word) noexcept;

/// sh, bash, /bin/dash, ...
[[nodiscard]] bool is_shell(std::string_view program) noexcept;

}  // namespace prun::command
