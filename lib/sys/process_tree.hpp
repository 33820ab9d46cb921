// The descendants of processes, from /proc. It sends no signals and waits for no process.
#pragma once

#include <sys/types.h>

#include <vector>

namespace prun::sys {

/// The children of process `pid`, including those that have exited and were not reaped. A child that is being created may be
/// missing, so callers that kill processes look again until none is left. Empty if /proc is not mounted.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

/// Its children, their children and so on, parents before children.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t pid);

/// Every process that /proc shows.
[[nodiscard]] std::vector<pid_t> all_processes();

/// From now on, orphaned descendants of the calling process become its children, until it exits (PR_SET_CHILD_SUBREAPER).
void adopt_orphans() noexcept;

}  // namespace prun::sys
