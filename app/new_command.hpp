// `prun new plugin NAME`: creates a project. It does not know the contents of its files.
#pragma once

#include "options.hpp"

namespace prun::app {

/// Creates the folder ./NAME with all files, or nothing. @return the exit status
/// @throws UsageError if the name is not valid, or something with that name exists
[[nodiscard]] int new_project(const NewProject& command);

}  // namespace prun::app
