// What a process, with all that it has started, has in memory now.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace prun::sys {

/// Bytes of `pid` and its descendants; 0 where there is no such process. Pages that they share count for each.
/// @param root stands before every path that is read: "" for the machine itself
[[nodiscard]] std::uint64_t resident_memory(pid_t pid, const std::string& root = "");

}  // namespace prun::sys
