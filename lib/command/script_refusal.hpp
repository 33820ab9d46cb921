// What to tell a person whose placeholder cannot stand where it stands in a script.
#pragma once

#include "command/script_scanner.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::command {

/// "column 14: {} stands in backquotes ...", with the line before it where the script has several.
[[nodiscard]] std::string refusal_of(std::string_view script, std::size_t offset, std::string_view placeholder,
                                     Obstacle obstacle);

}  // namespace prun::command
