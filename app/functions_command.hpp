// `prun functions`: lists what can be called. It does not know which kinds of function there are.
#pragma once

#include "options.hpp"

#include "function/registry.hpp"

#include <string>
#include <vector>

namespace prun::app {

/// A signature and, on the next line, its help for each function, within 80 columns; or a JSON array of objects.
[[nodiscard]] std::string functions_text(const std::vector<const Function*>& functions);
[[nodiscard]] std::string functions_json(const std::vector<const Function*>& functions);

/// @return the exit status
[[nodiscard]] int list_functions(const ListFunctions& command);

}  // namespace prun::app
