// Computes the width of a text in terminal columns, and shortens text to fit. The text must not contain control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace prun {

/// Columns of UTF-8 text: 2 for a wide character, 0 for a combining one. If terminals differ in the width of a
/// sequence, the larger width counts, because a line that is too long would wrap.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The beginning of `text` in at most `columns`, with `...` at the end if something is cut off and there is room for that.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

}  // namespace prun
