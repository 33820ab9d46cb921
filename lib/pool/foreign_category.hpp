// The category of an error code that came from a worker process.
#pragma once

#include "worker/exception_state.hpp"

#include <string>
#include <system_error>

namespace prun::pool {

/// The very category of this process where it is known: one of the standard library's, or one that stands in a file that both
/// processes have. Otherwise one with its name, whose message is `message`.
[[nodiscard]] const std::error_category& category_of(const worker::ExceptionState& state, const std::string& message);

}  // namespace prun::pool
