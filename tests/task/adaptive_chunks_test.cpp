// The sizes of chunks with prun::auto_chunks, as pure arithmetic.
#include <prun/detail/adaptive_chunks.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

using prun::detail::AdaptiveChunks;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr std::uint64_t many = 1'000'000'000;

/// Both workers have measured calls of these durations, in turn.
AdaptiveChunks after(const std::vector<nanoseconds>& durations, nanoseconds handing_cost = microseconds(2),
                     int rounds = 100) {
  AdaptiveChunks chunks(2);
  chunks.handing_out_costs(handing_cost);
  for (int round = 0; round < rounds; ++round) {
    for (const nanoseconds duration : durations) {
      chunks.measured(0, duration);
      chunks.measured(1, duration);
    }
  }
  return chunks;
}

}  // namespace

TEST_CASE("adaptive chunks begin with one call, before anything is measured") {
  CHECK(AdaptiveChunks(2).next(1'000'000) == 1);
}

TEST_CASE("a chunk takes so long that the cost of handing it out is half a percent of it") {
  CHECK(after({microseconds(10)}, microseconds(1)).next(many) == 20);  // 1 us / 0.005 = 200 us
  CHECK(after({microseconds(10)}, microseconds(100)).next(many) == 2000);
  CHECK(after({milliseconds(1)}, milliseconds(2)).next(many) == 400);  // as of a remote worker
  CHECK(after({milliseconds(10)}, microseconds(2)).next(many) == 1);
  CHECK(after({nanoseconds(0)}).next(many) == AdaptiveChunks::largest);
}

TEST_CASE("a cost that was not measured does not replace one that was") {
  AdaptiveChunks chunks = after({microseconds(10)}, microseconds(1));
  chunks.handing_out_costs(nanoseconds(0));
  CHECK(chunks.next(many) == 20);
}

TEST_CASE("if calls differ, a chunk is smaller by their deviation") {
  const AdaptiveChunks chunks = after({microseconds(1), microseconds(19)}, microseconds(1));
  const std::uint64_t size = chunks.next(many);  // 200 us / (10 us + 9 us)
  CHECK(size >= 9);
  CHECK(size <= 12);
}

TEST_CASE("the last chunks are those of adaptive factoring, by the formula as it is published") {
  for (const std::uint64_t left : {1U, 2U, 7U, 40U, 400U, 5000U}) {
    const AdaptiveChunks chunks = after({microseconds(1), microseconds(3)}, milliseconds(100), 1000);
    const double mean = chunks.mean_ns();
    CHECK(mean == doctest::Approx(2000).epsilon(0.1));
    // Alternating, a weighted variance is near that of the two values.
    const double d = 2 * 1000.0 * 1000.0 / mean;
    const double t = mean / 2;
    const double r = static_cast<double>(left);
    const double size = (d + 2 * t * r - std::sqrt(d * d + 4 * d * t * r)) / (2 * mean);
    CAPTURE(left);
    const double expected = std::max(1.0, size);
    CHECK(std::abs(static_cast<double>(chunks.next(left)) - expected) <= 1 + expected * 0.05);
  }
}

TEST_CASE("equal calls are divided equally, and the last chunk is one call") {
  const AdaptiveChunks chunks = after({microseconds(1)}, milliseconds(100));
  CHECK(chunks.next(400) == 200);
  CHECK(chunks.next(8) == 4);
  CHECK(chunks.next(1) == 1);
  CHECK(chunks.next(0) == 1);
}

TEST_CASE("a worker that is slower than the others makes the last chunks smaller") {
  AdaptiveChunks chunks(2);
  chunks.handing_out_costs(milliseconds(100));
  for (int i = 0; i < 100; ++i) {
    chunks.measured(0, microseconds(1));
    chunks.measured(1, microseconds(3));
  }
  // The mean of all is 2 us. The fast one would do 300 of 400 in the time in which the slow one does 100.
  const std::uint64_t size = chunks.next(400);
  CHECK(size >= 100);
  CHECK(size <= 150);
}

TEST_CASE("adaptive chunks follow recent calls") {
  AdaptiveChunks chunks = after({microseconds(1)}, microseconds(2), 1000);
  CHECK(chunks.next(many) == 400);
  for (int i = 0; i < 200; ++i) chunks.measured(0, milliseconds(1));
  CHECK(chunks.next(many) == 1);
}

TEST_CASE("a worker of a larger number than there are is counted with all") {
  AdaptiveChunks chunks(1);
  chunks.handing_out_costs(microseconds(1));
  for (int i = 0; i < 100; ++i) chunks.measured(7, microseconds(10));
  CHECK(chunks.next(many) == 20);
}
