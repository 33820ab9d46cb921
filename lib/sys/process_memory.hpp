// The current memory of a process and all its descendants.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace prun::sys {

/// Bytes of `pid` and its descendants; 0 if there is no such process. Shared pages count for each process.
/// @param root prefix of every path that is read: "" for the machine itself
[[nodiscard]] std::uint64_t resident_memory(pid_t pid, const std::string& root = "");

}  // namespace prun::sys
