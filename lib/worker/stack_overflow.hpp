// Tells a stack overflow from any other bad access, so that a task that recursed too deep fails by that name.
#pragma once

#include "ring/layout.hpp"

namespace prun::worker {

/// For the main thread of a worker process: gives it a stack of up to 64 MiB where the hard limit allows, and leaves a note in
/// `block` before the process dies of having used it up.
void watch_for_stack_overflow(ring::WorkerBlock& block, std::uint64_t stack = 0);

}  // namespace prun::worker
