// The functions that every prun has, for tests that need some function.
#pragma once

#include "function/registry.hpp"

#include <string_view>

namespace prun::test {

/// A registry of these functions alone, one for the process.
[[nodiscard]] Registry& builtins();
/// One of them. There must be one of that name.
[[nodiscard]] const Function& builtin(std::string_view name);

}  // namespace prun::test
