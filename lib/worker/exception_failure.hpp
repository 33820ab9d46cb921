// What was thrown, as a plain value that can cross processes.
#pragma once

#include <prun/outcome.hpp>

#include <exception>

namespace prun::worker {

/// The demangled type and what() of the exception in flight; anything that is not a std::exception is named by type alone.
[[nodiscard]] Failure failure_of(const std::exception_ptr& error);

}  // namespace prun::worker
