// A failure in words, for standard error, logs and the `message` of JSON. It does not know which task failed.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <string>

namespace prun {

/// The failure's message, whole and as it is; where it has none, a sentence made of what is known:
/// "worker 12345 was killed by signal 9 (SIGKILL)".
[[nodiscard]] std::string message_of(const Failure& failure);

/// "std::invalid_argument: message" of an exception, else the message. Whole and as it is.
[[nodiscard]] std::string full_description(const Failure& failure);

/// One line, safe to print: the full description, cut where it is very long, then what else is known:
/// "std::invalid_argument: n is negative [at fib+0x3c (prun); attempt 2]".
[[nodiscard]] std::string describe(const Failure& failure, std::uint32_t attempt = 1);

}  // namespace prun
