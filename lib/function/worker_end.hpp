// Actions for the normal end of a worker, such as stopping a process that its functions have started. A worker that dies
// does not run them.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace prun {

/// Of the thread that makes the calls of the worker.
inline std::vector<std::function<void()>>& worker_end_actions() {
  thread_local std::vector<std::function<void()>> actions;
  return actions;
}

/// Registers an action for after the worker's last call. The action must not throw.
inline void at_worker_end(std::function<void()> action) { worker_end_actions().push_back(std::move(action)); }

/// Called by the worker after its last call.
inline void end_worker() {
  for (const auto& action : std::exchange(worker_end_actions(), {})) action();
}

}  // namespace prun
