// A value for an error message: its JSON, cut where it is long.
#pragma once

#include <string>
#include <string_view>

namespace prun {

/// Of the value that `bytes` begin with: `"text"`, `[1,2,3]`, `null`; at most about 60 bytes, an ellipsis marking the
/// cut.
[[nodiscard]] std::string excerpt(std::string_view bytes);

}  // namespace prun
