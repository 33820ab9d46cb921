// The functions of prun._engine, grouped by object. The classes that use them are in Python (prun/*.py).
#pragma once

#include "pypackage/api.hpp"

#include <span>

namespace prun::pypackage {

[[nodiscard]] std::span<const Method> pool_methods();
[[nodiscard]] std::span<const Method> call_methods();
[[nodiscard]] std::span<const Method> stream_methods();
[[nodiscard]] std::span<const Method> journal_methods();

}  // namespace prun::pypackage
