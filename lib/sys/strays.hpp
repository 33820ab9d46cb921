// Ends children that nobody has started on purpose: orphans that were adopted, and what they have below them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>

namespace prun::sys {

/// Kills and reaps all children of this process but those that `keep` names, until none is left or `limit` is over: what hangs
/// in the kernel is not waited for. Finds none where /proc is not mounted.
void end_children(const std::function<bool(pid_t)>& keep, std::chrono::milliseconds limit);

}  // namespace prun::sys
