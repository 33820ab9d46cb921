// The Miller-Rabin test with bases that decide every n below 2^64, and Pollard's rho in Brent's form for factors.
#include "function/prime.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace prun {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t n) {
  return static_cast<std::uint64_t>(Wide{a} * b % n);
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t n) {
  std::uint64_t result = 1;
  for (base %= n; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base, n);
    base = multiply(base, base, n);
  }
  return result;
}

/// Primes up to 37. As bases they decide every n below 3.3e24 (Sorenson and Webster 2015).
constexpr std::array<std::uint64_t, 12> small_primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

/// Returns true if `base` proves that the odd n > 2 is composite.
bool is_witness(std::uint64_t base, std::uint64_t n) {
  const int twos = std::countr_zero(n - 1);
  std::uint64_t x = power(base, (n - 1) >> twos, n);
  if (x == 1 || x == n - 1) return false;
  for (int i = 1; i < twos; ++i) {
    x = multiply(x, x, n);
    if (x == n - 1) return false;
  }
  return true;
}

/// A proper factor of the composite n, or n itself if this constant finds none.
std::uint64_t rho(std::uint64_t n, std::uint64_t constant) {
  const auto step = [n, constant](std::uint64_t x) { return static_cast<std::uint64_t>((Wide{x} * x + constant) % n); };
  const auto apart = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; };
  constexpr std::uint64_t batch = 128;
  std::uint64_t y = 2, x = 2, batch_start = 2, product = 1, divisor = 1;
  for (std::uint64_t length = 1; divisor == 1; length *= 2) {
    x = y;
    for (std::uint64_t i = 0; i < length; ++i) y = step(y);
    for (std::uint64_t done = 0; done < length && divisor == 1; done += batch) {
      batch_start = y;
      for (std::uint64_t i = 0; i < std::min(batch, length - done); ++i) {
        y = step(y);
        product = multiply(product, apart(x, y), n);
      }
      divisor = std::gcd(product, n);
    }
  }
  if (divisor != n) return divisor;
  do {  // the batch contained all factors: repeat it step by step
    batch_start = step(batch_start);
    divisor = std::gcd(apart(x, batch_start), n);
  } while (divisor == 1);
  return divisor;
}

void collect(std::uint64_t n, std::vector<std::uint64_t>& factors) {
  if (n == 1) return;
  if (is_prime(n)) return factors.push_back(n);
  std::uint64_t divisor = n;
  for (std::uint64_t constant = 1; divisor == n; ++constant) divisor = rho(n, constant);
  collect(divisor, factors);
  collect(n / divisor, factors);
}

}  // namespace

bool is_prime(std::uint64_t n) {
  if (n < 2) return false;
  for (const std::uint64_t p : small_primes) {
    if (n % p == 0) return n == p;
  }
  return std::none_of(small_primes.begin(), small_primes.end(),
                      [n](std::uint64_t base) { return is_witness(base, n); });
}

std::vector<std::uint64_t> prime_factors(std::uint64_t n) {
  std::vector<std::uint64_t> factors;
  for (std::uint64_t p = 2; p < 1000 && p * p <= n; p += p == 2 ? 1 : 2) {
    for (; n % p == 0; n /= p) factors.push_back(p);
  }
  collect(n, factors);
  std::sort(factors.begin(), factors.end());
  return factors;
}

}  // namespace prun
