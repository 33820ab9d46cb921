// `prun xargs ...`: xargs, with prun's workers. It does not know how its options are written.
#pragma once

#include "xargs/xargs_options.hpp"

namespace prun::app {

/// @return the exit status as POSIX and GNU define it for xargs
[[nodiscard]] int run_xargs(const RunXargs& xargs);

}  // namespace prun::app
