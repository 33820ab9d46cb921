#include "sys/quick_clock.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <thread>

using prun::sys::QuickClock;

namespace {

std::int64_t monotonic_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

TEST_CASE("the quick clock tells the time of CLOCK_MONOTONIC, and never an earlier one than before") {
  constexpr std::int64_t error_ns = 20'000;
  QuickClock clock;
  std::int64_t last = 0;
  std::uint64_t wrong = 0;
  std::uint64_t backwards = 0;
  const std::int64_t begin = monotonic_ns();
  while (last < begin + 20'000'000) {
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t before = monotonic_ns();
      const std::int64_t now = clock.now();
      const std::int64_t after = monotonic_ns();
      wrong += now < before - error_ns || now > after + error_ns ? 1 : 0;
      backwards += now < last ? 1 : 0;
      last = now;
    }
  }
  CHECK(wrong == 0);
  CHECK(backwards == 0);
}

TEST_CASE("the quick clock is right immediately after a pause") {
  QuickClock clock;
  for (int i = 0; i < 100'000; ++i) static_cast<void>(clock.now());
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  const std::int64_t before = monotonic_ns();
  const std::int64_t now = clock.now();
  CHECK(now >= before - 1000);
  CHECK(now <= monotonic_ns() + 1000);
}
