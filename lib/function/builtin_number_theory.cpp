// is_prime, factorize and collatz: functions whose run time depends strongly on the argument.
#include "function/builtin.hpp"
#include "function/prime.hpp"
#include "function/typed_function.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace prun::builtin {
namespace {

bool is_prime_of(std::int64_t n) { return n > 0 && is_prime(static_cast<std::uint64_t>(n)); }

void require_positive(const char* function, std::int64_t n) {
  if (n < 1) throw std::invalid_argument(fmt::format("{} takes n >= 1, got n = {}", function, n));
}

std::vector<std::uint64_t> factorize(std::int64_t n) {
  require_positive("factorize", n);
  return prime_factors(static_cast<std::uint64_t>(n));
}

std::int64_t collatz(std::int64_t n) {
  require_positive("collatz", n);
  std::int64_t steps = 0;
  for (auto x = static_cast<std::uint64_t>(n); x != 1; ++steps) {
    if (x % 2 == 0) {
      x /= 2;
    } else if (__builtin_mul_overflow(x, 3u, &x) || __builtin_add_overflow(x, 1u, &x)) {
      throw std::overflow_error(fmt::format("collatz({}) exceeds 64 bits at step {}", n, steps + 1));
    }
  }
  return steps;
}

}  // namespace

void add_number_theory(Registry& registry) {
  registry.add(make_function("is_prime", "whether n is a prime number", is_prime_of, "n"));
  registry.add(make_function("factorize", "the prime factors of n >= 1, ascending", factorize, "n"));
  registry.add(make_function("collatz", "steps from n >= 1 to 1 by halving the even and taking 3n + 1 of the odd",
                             collatz, "n"));
}

}  // namespace prun::builtin
