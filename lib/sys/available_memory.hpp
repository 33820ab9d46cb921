// The memory that a process may still use: of the machine, and within the limits of its control groups (v1 and v2).
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

/// In bytes. Memory of cached files counts as available. What cannot be read sets no limit.
/// @param root prefix of every path that is read: "" for the machine itself
[[nodiscard]] std::uint64_t available_memory(const std::string& root = "");

}  // namespace prun::sys
