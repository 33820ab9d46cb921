// The check of a call to a function with an open signature: names and number, as far as the master can know them.
#pragma once

#include "task/task.hpp"

#include <tl/expected.hpp>

#include <string>

namespace prun {

/// Nothing is moved: arguments go to the callee as they were given. @return what is wrong, for a person
[[nodiscard]] tl::expected<void, std::string> bind_open(const Task& task);

}  // namespace prun
