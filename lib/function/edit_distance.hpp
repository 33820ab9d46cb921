// The distance between two names, to suggest corrections. ASCII letters compare without case.
#pragma once

#include <cstddef>
#include <string_view>

namespace prun {

/// The number of insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace prun
