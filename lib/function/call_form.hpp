// The call syntax of a function, for messages: its signature without the result.
#pragma once

#include "function/function.hpp"

#include <string>
#include <string_view>

namespace prun {

/// `ackermann(m: integer, n: integer)`
[[nodiscard]] std::string call_form(std::string_view name, const Signature& signature);

}  // namespace prun
