// Converts an exception to a plain value that can cross processes.
#pragma once

#include <prun/outcome.hpp>

#include <exception>

namespace prun::worker {

/// The demangled type and what() of the exception. If it is not a std::exception, only the type.
[[nodiscard]] Failure failure_of(const std::exception_ptr& error);

}  // namespace prun::worker
