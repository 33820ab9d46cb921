// `prun functions`: lists what can be called. It does not know which kinds of function there are.
#pragma once

#include "options.hpp"

#include "function/registry.hpp"

#include <string>
#include <vector>

namespace prun::app {

/// One line a function: its signature and its help; or a JSON array with an object a function.
[[nodiscard]] std::string functions_text(const std::vector<const Function*>& functions);
[[nodiscard]] std::string functions_json(const std::vector<const Function*>& functions);

/// @return the exit status
[[nodiscard]] int list_functions(const ListFunctions& command);

}  // namespace prun::app
