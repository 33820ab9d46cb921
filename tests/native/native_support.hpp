// What the tests of native functions share: the libraries built for them, and calls with JSON in and out.
#pragma once

#include "function/registry.hpp"

#include <string>
#include <string_view>

namespace prun::test {

/// The path of a library of this folder's, such as "sample.so".
[[nodiscard]] std::string library(std::string_view file);

/// Binds and calls in this process. @return the result as JSON, or "refused: " and what bind() says, or the exception's
/// type and message, such as "bad_arguments: ..."
[[nodiscard]] std::string called(Registry& registry, std::string_view function, std::string_view json_args);

/// What find() says of a name that cannot be loaded; empty where it can.
[[nodiscard]] std::string problem(Registry& registry, std::string_view function);

}  // namespace prun::test
