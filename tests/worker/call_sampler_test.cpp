// Which calls a worker measures.
#include "worker/call_sampler.hpp"

#include <doctest/doctest.h>

using prun::worker::CallSampler;

namespace {

/// So many of `calls` calls of this duration are measured.
int measured_of(int calls, std::int64_t duration_ns) {
  CallSampler sampler;
  int measured = 0;
  for (int i = 0; i < calls; ++i) {
    if (!sampler.due()) continue;
    ++measured;
    sampler.measured(duration_ns);
  }
  return measured;
}

}  // namespace

TEST_CASE("long calls are all measured") { CHECK(measured_of(10'000, 30'000) == 10'000); }

TEST_CASE("a worker's first calls are all measured, however short") { CHECK(measured_of(256, 50) == 256); }

TEST_CASE("short calls are measured about every 20 us") {
  const int measured = measured_of(1'000'000, 200);  // one in a hundred
  CHECK(measured > 9'000);
  CHECK(measured < 11'500);
}

TEST_CASE("calls that become long are all measured again") {
  CallSampler sampler;
  for (int i = 0; i < 10'000; ++i) {
    if (sampler.due()) sampler.measured(100);
  }
  while (!sampler.due()) {
  }
  for (int i = 0; i < 10; ++i) {
    sampler.measured(1'000'000);
    CHECK(sampler.due());
  }
}
