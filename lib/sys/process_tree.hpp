// Who descends from whom, as /proc tells it. It sends no signal and waits for nobody.
#pragma once

#include <sys/types.h>

#include <vector>

namespace prun::sys {

/// The children of process `pid`, those included that have ended and were not waited for. The list may miss a child that is
/// being made meanwhile: callers that end processes look again until none is left. Empty where /proc is not mounted.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

/// Its children, their children and so on, parents before children.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t pid);

/// Every process of the machine, as far as /proc shows it.
[[nodiscard]] std::vector<pid_t> all_processes();

/// Orphans below the calling process become its own children from now on, until it ends (PR_SET_CHILD_SUBREAPER).
void adopt_orphans() noexcept;

}  // namespace prun::sys
