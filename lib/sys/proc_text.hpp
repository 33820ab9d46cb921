// Reads files of /proc and of control groups, and the texts in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::sys {

/// The content of the file, or nothing. Needed because /proc and /sys report no size.
[[nodiscard]] std::string contents(const std::string& path);

/// Removes and returns the text before the next `separator`.
std::string_view take(std::string_view& text, char separator);

/// A whole number, optionally followed by a newline.
[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view text);

/// The number after `name` on its own line, "name 42" or "name: 42 kB".
[[nodiscard]] std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view name);

}  // namespace prun::sys
