// The environment of a program: this process's, with other variables.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace prun::command {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// This process's environment, extended by `common` and then by `own`, which takes precedence. NAME=value.
[[nodiscard]] std::vector<std::string> merged_environment(const Variables& own, const Variables& common);

}  // namespace prun::command
