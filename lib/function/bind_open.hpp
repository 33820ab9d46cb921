// Checks a call to a function with an open signature: names and number of arguments, as far as the master knows them.
#pragma once

#include "task/task.hpp"

#include <tl/expected.hpp>

#include <string>

namespace prun {

/// Changes nothing: the callee gets the arguments as they were given. @return what is wrong, for the user
[[nodiscard]] tl::expected<void, std::string> bind_open(const Task& task);

}  // namespace prun
