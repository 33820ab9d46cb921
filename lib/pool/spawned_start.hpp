// A program that was executed again as a pool's server: from its first constructor to the moment before main().
#pragma once

#include "pool/start_mark.hpp"

namespace prun::pool {

/// The mark that makes the program enter this library when it is executed with `socket`.
[[nodiscard]] StartMark own_mark(int socket);

/// This process was spawned as a server. It never reaches main() and creates no pools in its static constructors.
[[nodiscard]] bool is_spawned_start() noexcept;

}  // namespace prun::pool
