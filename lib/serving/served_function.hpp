// The functions of a serving process. Each worker has its own process, which it starts at its first call. A fault of the
// process fails only the current call, and the next call starts a new one.
#pragma once

#include "function/registry.hpp"
#include "serving/serving_process.hpp"

#include <string>

namespace prun::serving {

/// Starts the program once to learn its functions. @return what is wrong, for the user
[[nodiscard]] FunctionLoader::LoadedAll load_served(const ServedCommand& command);

}  // namespace prun::serving
