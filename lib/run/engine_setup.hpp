// The pool that a run needs, from the run's options.
#pragma once

#include "input/task_source.hpp"
#include "pool/engine.hpp"
#include "run/run_options.hpp"
#include "sys/cgroup_children.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace prun {

// What ending a program may take beyond its grace: to be seen, killed and reaped, and to tell of it.
inline constexpr std::chrono::seconds stop_allowance{1};

/// Two control groups for each worker, its own and that of its commands, so that a limit of memory counts all that a task
/// starts; null: none is wanted, or none can be had.
struct LimitedGroups {
  std::unique_ptr<sys::CgroupChildren> groups;
  std::string limited_by;  ///< what the limit is carried out with; empty: there is no limit
};
[[nodiscard]] LimitedGroups limited_groups(const RunOptions& options);

/// @param groups must outlive the engine; null: none
[[nodiscard]] pool::EngineOptions engine_options(const RunOptions& options, const TaskSource& source,
                                                 sys::CgroupChildren* groups);

}  // namespace prun
