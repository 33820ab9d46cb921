// `prun new plugin NAME`: writes a project to start from. It does not know what is in it.
#pragma once

#include "options.hpp"

namespace prun::app {

/// Writes into the new folder ./NAME, or nothing at all. @return the exit status
/// @throws UsageError where the name will not do, or something of that name exists
[[nodiscard]] int new_project(const NewProject& command);

}  // namespace prun::app
