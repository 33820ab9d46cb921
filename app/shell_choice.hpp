// Which shell runs scripts, and which functions the user's shell has exported to it. It starts nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prun::app {

/// `--shell`, or else $PRUN_SHELL, or else bash if the environment has functions that bash exported, or else /bin/sh.
/// @throws UsageError for a shell that does not read quotes as POSIX shells do
[[nodiscard]] std::string chosen_shell(const std::optional<std::string>& option);

/// Returns true if bash has exported a function of this name (`export -f name`).
[[nodiscard]] bool is_exported_function(std::string_view name);

/// All functions that bash has exported, as the environment has them, sorted. Empty: there are none.
[[nodiscard]] std::string exported_functions();

}  // namespace prun::app
