// What is to be done when a worker leaves by itself: the last word to a process that its functions have started. Who dies
// instead does nothing of it.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace prun {

/// Of the thread that makes the worker's calls.
inline std::vector<std::function<void()>>& worker_end_actions() {
  thread_local std::vector<std::function<void()>> actions;
  return actions;
}

/// Once the worker has made its last call. The action must not throw.
inline void at_worker_end(std::function<void()> action) { worker_end_actions().push_back(std::move(action)); }

/// For the worker, behind its last call.
inline void end_worker() {
  for (const auto& action : std::exchange(worker_end_actions(), {})) action();
}

}  // namespace prun
