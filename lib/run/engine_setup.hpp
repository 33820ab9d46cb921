// Makes the options of the pool from the options of the run.
#pragma once

#include "pool/engine.hpp"
#include "run/run_options.hpp"
#include "sys/cgroup_children.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prun {

// Time to stop a program beyond its grace period: to notice, kill and reap it, and to report it.
inline constexpr std::chrono::seconds stop_allowance{1};

/// Two control groups for each worker, its own and that of its commands, so that a memory limit counts all processes of a
/// task. Null: not requested, or not available.
struct LimitedGroups {
  std::unique_ptr<sys::CgroupChildren> groups;
  std::string limited_by;  ///< how the limit is enforced; empty: there is no limit
};
[[nodiscard]] LimitedGroups limited_groups(const RunOptions& options);

/// @param remaining number of tasks of the run; absent: not known @param groups must outlive the engine; null: none
[[nodiscard]] pool::EngineOptions engine_options(const RunOptions& options, std::optional<std::uint64_t> remaining,
                                                 sys::CgroupChildren* groups);

}  // namespace prun
