// How a function is called, for messages about calls: its signature without the result.
#pragma once

#include "function/function.hpp"

#include <string>
#include <string_view>

namespace prun {

/// `ackermann(m: integer, n: integer)`
[[nodiscard]] std::string call_form(std::string_view name, const Signature& signature);

}  // namespace prun
