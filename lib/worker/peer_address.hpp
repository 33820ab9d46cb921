// Converts the master's addresses in a worker that was not forked from it (Start::spawn).
#pragma once

#include "sys/module_table.hpp"

#include <cstdint>

namespace prun::worker {

/// In a new worker process, before any call. Null: it has the same addresses as the master.
void set_peer_modules(sys::PeerModules* modules) noexcept;

/// The local address of the function at the master's address `there`. @throws ArgumentError if this process cannot get it
[[nodiscard]] std::uint64_t function_here(sys::PeerModules& modules, std::uint64_t there);

}  // namespace prun::worker
