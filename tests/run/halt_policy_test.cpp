#include "run/halt_policy.hpp"

#include <doctest/doctest.h>

using namespace prun;
using What = HaltPolicy::What;

namespace {

HaltPolicy after(What what, std::uint64_t count) { return {HaltPolicy::When::soon, what, count, 0}; }
HaltPolicy after_percent(What what, double percent) { return {HaltPolicy::When::soon, what, 0, percent}; }

}  // namespace

TEST_CASE("the default policy never halts a run") { CHECK_FALSE(HaltPolicy{}.reached(100, 100, 200)); }

TEST_CASE("a run halts after a number of failures, successes, or either") {
  CHECK_FALSE(after(What::fail, 2).reached(9, 1, 0));
  CHECK(after(What::fail, 2).reached(0, 2, 0));
  CHECK(after(What::success, 1).reached(1, 5, 0));
  CHECK_FALSE(after(What::done, 4).reached(1, 2, 0));
  CHECK(after(What::done, 4).reached(2, 2, 0));
}

TEST_CASE("a percentage counts all tasks if their number is known") {
  CHECK_FALSE(after_percent(What::fail, 10).reached(0, 9, 100));
  CHECK(after_percent(What::fail, 10).reached(0, 10, 100));
}

TEST_CASE("a percentage counts finished tasks if the total is unknown, from the third on") {
  CHECK_FALSE(after_percent(What::fail, 50).reached(0, 2, 0));
  CHECK(after_percent(What::fail, 50).reached(1, 2, 0));
  CHECK_FALSE(after_percent(What::fail, 50).reached(3, 2, 0));
}
