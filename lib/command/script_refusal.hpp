// The error message for a placeholder at a place where it is not possible.
#pragma once

#include "command/script_scanner.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::command {

/// "column 14: {} stands in backquotes ...", preceded by the line number if the script has several lines.
[[nodiscard]] std::string refusal_of(std::string_view script, std::size_t offset, std::string_view placeholder,
                                     Obstacle obstacle);

}  // namespace prun::command
