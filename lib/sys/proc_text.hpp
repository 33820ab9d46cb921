// Files of /proc and of control groups, and the small texts in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::sys {

/// The file's bytes, or nothing: /proc and /sys give no size in advance.
[[nodiscard]] std::string contents(const std::string& path);

/// Takes what stands before the next `separator` off `text`.
std::string_view take(std::string_view& text, char separator);

/// A whole number, perhaps with an end of line behind it.
[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view text);

/// What stands behind `name` on a line of its own, "name 42" or "name: 42 kB".
[[nodiscard]] std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view name);

}  // namespace prun::sys
