// The built-in functions, one file for each topic. `add_builtin_functions` registers all of them.
#pragma once

#include "function/registry.hpp"

namespace prun::builtin {

void add_recursion(Registry& registry);      ///< fib, n_fib, ackermann
void add_basics(Registry& registry);         ///< identity, sleep, sha256
void add_number_theory(Registry& registry);  ///< is_prime, factorize, collatz
void add_numerics(Registry& registry);       ///< pi_monte_carlo, matmul_checksum

}  // namespace prun::builtin
