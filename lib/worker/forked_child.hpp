// Ends a child process that a call has forked and that returns from the call. It is not a worker, so it exits here like an
// ordinary process. It does not know the rings, which the child must not touch.
#pragma once

#include <exception>

namespace prun::worker {

/// Exits with status 0; after an exception with status 1, and prints the exception to standard error.
[[noreturn]] void end_forked_child(const std::exception_ptr& error = nullptr) noexcept;

}  // namespace prun::worker
