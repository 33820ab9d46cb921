// Decides whether text on a standard stream has colours.
#pragma once

#include <cstdint>

namespace prun::app {

enum class ColorChoice : std::uint8_t { automatic, always, never };

/// `automatic`: the stream is a terminal, TERM is neither unset nor `dumb`, and NO_COLOR is unset or empty.
[[nodiscard]] bool shows_colors(ColorChoice choice, int fd);

}  // namespace prun::app
