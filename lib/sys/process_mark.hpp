// A mark that a process sets for itself. Its children do not have it, whichever system call forked them. Reading it is one
// load, whereas getpid(2) is a system call.
#pragma once

#include <atomic>
#include <cstdint>

namespace prun::sys {

/// Marks the calling process. @return a word that is 1 here, and 0 in every process that is forked from here later
[[nodiscard]] const std::atomic<std::uint32_t>& mark_process() noexcept;

}  // namespace prun::sys
