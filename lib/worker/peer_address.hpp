// The master's addresses, in a worker that was not forked of it (Start::spawn).
#pragma once

#include "sys/module_table.hpp"

#include <cstdint>

namespace prun::worker {

/// In a new worker process, before any call. Null: it has the master's own addresses.
void set_peer_modules(sys::PeerModules* modules) noexcept;

/// What stands at the master's address `there`: a function. @throws ArgumentError where it is not to be had here
[[nodiscard]] std::uint64_t function_here(sys::PeerModules& modules, std::uint64_t there);

}  // namespace prun::worker
