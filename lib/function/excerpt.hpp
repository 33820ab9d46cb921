// Formats a value for an error message: its JSON, shortened if it is long.
#pragma once

#include <string>
#include <string_view>

namespace prun {

/// Formats the value at the start of `bytes`: `"text"`, `[1,2,3]`, `null`. At most about 60 bytes, with an ellipsis if it is
/// shortened.
[[nodiscard]] std::string excerpt(std::string_view bytes);

}  // namespace prun
