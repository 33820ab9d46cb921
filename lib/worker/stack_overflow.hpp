// Distinguishes a stack overflow from other invalid accesses, so that a task with too deep recursion fails with that reason.
#pragma once

#include "ring/layout.hpp"

namespace prun::worker {

/// For the main thread of a worker process. Gives it a stack of up to 64 MiB if the hard limit allows, and leaves a note in
/// `block` before a stack overflow kills the process.
void watch_for_stack_overflow(ring::WorkerBlock& block, std::uint64_t stack = 0);

}  // namespace prun::worker
