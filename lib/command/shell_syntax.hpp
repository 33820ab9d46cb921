// Recognizes shell syntax in a command that runs without a shell, where it has no effect. For warnings only: it reports what
// is very likely meant for a shell, and nothing if uncertain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

/// The first operator, redirection or variable in `text` outside quotes: "|", "2>/dev/null", "$HOME".
[[nodiscard]] std::optional<std::string> shell_syntax_in(std::string_view text);

/// The first word that is exactly an operator or a redirection: `|`, `>`, `2>&1`.
[[nodiscard]] std::optional<std::string> shell_operator_among(const std::vector<std::string>& words);

/// A command or keyword of the shell itself, such as cd or for.
[[nodiscard]] bool is_shell_word(std::string_view word) noexcept;

/// `NAME=value`: a shell sets such a variable for the following command.
[[nodiscard]] bool is_assignment(std::string_view word) noexcept;

/// sh, bash, /bin/dash, ...
[[nodiscard]] bool is_shell(std::string_view program) noexcept;

}  // namespace prun::command
