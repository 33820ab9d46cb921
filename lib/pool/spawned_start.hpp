// A program that was executed once more to be a pool's server: from its first constructor to the moment before main().
#pragma once

#include "pool/start_mark.hpp"

namespace prun::pool {

/// The mark that has the program enter this library, once it is executed with `socket`.
[[nodiscard]] StartMark own_mark(int socket);

/// This process was spawned as a server: it never reaches main(), and makes no pools in its static constructors.
[[nodiscard]] bool is_spawned_start() noexcept;

}  // namespace prun::pool
