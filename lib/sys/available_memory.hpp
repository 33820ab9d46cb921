// How much memory a process may still take: of the machine's, and of what the limits of its control groups (v1 and v2) leave.
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

/// Bytes. What can be had by dropping cached files counts as available. What cannot be read sets no limit.
/// @param root stands before every path that is read: "" for the machine itself
[[nodiscard]] std::uint64_t available_memory(const std::string& root = "");

}  // namespace prun::sys
