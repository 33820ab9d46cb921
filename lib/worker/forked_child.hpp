// A child that a call has forked and that comes back out of the call. It is no worker: it ends here, as a process of its own
// would at its end. Knows nothing of rings, which the child must not touch.
#pragma once

#include <exception>

namespace prun::worker {

/// Exits with status 0; or, with an exception, with status 1 and the exception on standard error.
[[noreturn]] void end_forked_child(const std::exception_ptr& error = nullptr) noexcept;

}  // namespace prun::worker
