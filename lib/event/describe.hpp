// Describes a failure for standard error, logs and the `message` of JSON. It does not know which task failed.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

/// The complete message of the failure, unchanged. If it is empty, a sentence made from the other fields: "worker 12345 was
/// killed by signal 9 (SIGKILL)".
[[nodiscard]] std::string message_of(const Failure& failure);

/// "std::invalid_argument: message" for an exception, otherwise the message. Complete and unchanged.
[[nodiscard]] std::string full_description(const Failure& failure);

/// One line, safe to print: the full description, shortened if it is very long, then the other known facts:
/// "std::invalid_argument: n is negative [at fib+0x3c (prun); on node1; attempt 2]".
/// @param host in a run on several machines, the machine that ran the task
[[nodiscard]] std::string describe(const Failure& failure, std::uint32_t attempt = 1, std::string_view host = {});

}  // namespace prun
