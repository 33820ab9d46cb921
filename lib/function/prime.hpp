// Prime numbers of 64 bits: an exact test, and factorization. It does not know functions or values.
#pragma once

#include <cstdint>
#include <vector>

namespace prun {

[[nodiscard]] bool is_prime(std::uint64_t n);

/// The prime factors of n > 0, ascending, each as often as it divides n; none for 1.
[[nodiscard]] std::vector<std::uint64_t> prime_factors(std::uint64_t n);

}  // namespace prun
