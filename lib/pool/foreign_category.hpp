// The category of an error code from a worker process.
#pragma once

#include "worker/exception_state.hpp"

#include <string>
#include <system_error>

namespace prun::pool {

/// The same category in this process if it is known: of the standard library, or from a file that both processes have
/// loaded. Otherwise a category with its name and the message `message`.
[[nodiscard]] const std::error_category& category_of(const worker::ExceptionState& state, const std::string& message);

}  // namespace prun::pool
