// fib, n_fib and ackermann: deliberately naive recursion, as a CPU-bound benchmark. A result that does not fit 64 bits fails
// before it is computed. A recursion deeper than the stack fails with an exception.
#include "function/builtin.hpp"
#include "function/stack_limit.hpp"
#include "function/typed_function.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

namespace prun::builtin {
namespace {

constexpr std::int64_t largest_fib = 91;  // fib(91) = 7540113804746346429

/// The empty asm keeps the compiler from merging calls with equal arguments and from turning one of the two into a loop.
[[gnu::noinline]] std::int64_t naive_fib(std::int64_t n) {
  if (n <= 1) return 1;
  const std::int64_t one_less = naive_fib(n - 1);
  const std::int64_t two_less = naive_fib(n - 2);
  asm volatile("" : : "r"(one_less), "r"(two_less));
  return one_less + two_less;
}

std::int64_t fib(std::int64_t n) {
  if (n > largest_fib) throw std::overflow_error(fmt::format("fib({}) does not fit 64 bits", n));
  return naive_fib(n);
}

std::pair<std::int64_t, std::int64_t> n_fib(std::int64_t n) { return {n, fib(n)}; }

/// The value of ackermann(m, n), in closed form. Absent if it does not fit 64 bits.
std::optional<std::int64_t> ackermann_value(std::int64_t m, std::int64_t n) {
  constexpr std::int64_t max = INT64_MAX;
  switch (m) {
    case 0: return n == max ? std::nullopt : std::optional(n + 1);
    case 1: return n > max - 2 ? std::nullopt : std::optional(n + 2);
    case 2: return n > (max - 3) / 2 ? std::nullopt : std::optional(2 * n + 3);
    case 3: return n > 60 ? std::nullopt : std::optional(static_cast<std::int64_t>((std::uint64_t{1} << (n + 3)) - 3));
    case 4:
      return n == 0 ? std::optional<std::int64_t>(13) : n == 1 ? std::optional<std::int64_t>(65533) : std::nullopt;
    case 5: return n == 0 ? std::optional<std::int64_t>(65533) : std::nullopt;
    default: return std::nullopt;
  }
}

struct StackExhausted {};

[[gnu::noinline]] std::int64_t naive_ackermann(std::int64_t m, std::int64_t n, std::uintptr_t stack_floor) {
  if (std::bit_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_floor) throw StackExhausted{};
  if (m == 0) return n + 1;
  if (n == 0) return naive_ackermann(m - 1, 1, stack_floor);
  return naive_ackermann(m - 1, naive_ackermann(m, n - 1, stack_floor), stack_floor);
}

std::int64_t ackermann(std::int64_t m, std::int64_t n) {
  if (m < 0 || n < 0) {
    throw std::invalid_argument(
        fmt::format("ackermann takes m >= 0 and n >= 0, got {} = {}", m < 0 ? "m" : "n", m < 0 ? m : n));
  }
  const std::optional<std::int64_t> value = ackermann_value(m, n);
  if (!value) throw std::overflow_error(fmt::format("ackermann({}, {}) does not fit 64 bits", m, n));
  thread_local const StackLimit stack;
  // The depth of the recursion is the result less 2, in frames of at least 32 bytes (return address, frame pointer,
  // m).
  const std::uintptr_t room = std::bit_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack.floor();
  const bool hopeless = m > 0 && static_cast<std::uint64_t>(*value) > room / 32 + 2;
  try {
    if (hopeless) throw StackExhausted{};
    return naive_ackermann(m, n, stack.floor());
  } catch (const StackExhausted&) {
    throw std::runtime_error(
        fmt::format("ackermann({}, {}) recurses deeper than the stack of {} KiB allows (see ulimit -s)", m, n,
                    stack.size() / 1024));
  }
}

}  // namespace

void add_recursion(Registry& registry) {
  registry.add(make_function("fib", "Fibonacci number by naive recursion; fib(n) = 1 for n <= 1", fib, "n"));
  registry.add(make_function("n_fib", "n and fib(n), for results that come out of order", n_fib, "n"));
  registry.add(make_function("ackermann", "Ackermann's function by naive recursion, for m and n of 0 or more",
                             ackermann, "m", "n"));
}

}  // namespace prun::builtin
