// Kills children that were not started on purpose: adopted orphans and their descendants.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>

namespace prun::sys {

/// Kills and reaps all children of this process except those that `keep` selects, until none is left or `limit` is over,
/// because a process may hang in the kernel. Finds none if /proc is not mounted.
void end_children(const std::function<bool(pid_t)>& keep, std::chrono::milliseconds limit);

}  // namespace prun::sys
