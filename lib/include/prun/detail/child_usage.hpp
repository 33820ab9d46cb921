// Lets a call that waits for a child process add the child's resource usage to its own.
#pragma once

#include <prun/outcome.hpp>

namespace prun::detail {

/// Call it in the thread that runs the call, before the call returns.
void count_child(const Usage& usage) noexcept;

}  // namespace prun::detail
