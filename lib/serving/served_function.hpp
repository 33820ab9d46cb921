// The functions that a serving process offers. Each worker has a process of its own, started at its first call; what goes
// wrong with it fails the one call, and the next call starts another.
#pragma once

#include "function/registry.hpp"
#include "serving/serving_process.hpp"

#include <string>

namespace prun::serving {

/// Starts the program once, to hear what it offers. @return what is wrong, for a person
[[nodiscard]] FunctionLoader::LoadedAll load_served(const ServedCommand& command);

}  // namespace prun::serving
