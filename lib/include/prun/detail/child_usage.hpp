// A call that waits for a process of its own counts what that has used as its own usage.
#pragma once

#include <prun/outcome.hpp>

namespace prun::detail {

/// In the thread that runs the call, before it returns.
void count_child(const Usage& usage) noexcept;

}  // namespace prun::detail
