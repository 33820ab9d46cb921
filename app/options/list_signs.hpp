// Other signs for lists of inputs: --arg-sep and --arg-file-sep. It does not split command lines.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace prun::app {

/// Returns the words with `:::` and `::::` in the place of the signs that --arg-sep and --arg-file-sep define before the command.
/// @throws UsageError if `:::` is an ordinary word then, which a command line cannot say
[[nodiscard]] std::vector<const char*> with_usual_signs(std::span<const char* const> words);

}  // namespace prun::app
