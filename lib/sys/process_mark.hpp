// A mark that a process sets for itself and that its children do not have, whatever system call forked them. Reading it is a
// load, where getpid(2) is a system call.
#pragma once

#include <atomic>
#include <cstdint>

namespace prun::sys {

/// Marks the calling process. @return a word that is 1 here, and 0 in every process that is forked from here later
[[nodiscard]] const std::atomic<std::uint32_t>& mark_process() noexcept;

}  // namespace prun::sys
