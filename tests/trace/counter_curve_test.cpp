// Counters over time: exact where they change seldom, in steps where they change often.
#include "trace/counter_curve.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

using prun::trace::CounterCurve;

namespace {

using Points = std::vector<std::pair<std::int64_t, std::uint64_t>>;

Points points(CounterCurve& curve) {
  Points all;
  curve.for_each([&](std::int64_t time, std::uint64_t value) { all.emplace_back(time, value); });
  return all;
}

}  // namespace

TEST_CASE("few changes are kept exactly, and those at the same time are one") {
  CounterCurve curve(100, 6);
  curve.add(50, 1);
  curve.add(10, 1);
  curve.add(50, 1);
  curve.add(20, 1);
  curve.add(20, -1);
  curve.add(90, -3);
  CHECK(points(curve) == Points{{10, 1}, {50, 3}, {90, 0}});
}

TEST_CASE("a time outside of the run is the nearest in it") {
  CounterCurve curve(100, 2);
  curve.add(-5, 1);
  curve.add(500, 1);
  CHECK(points(curve) == Points{{0, 1}, {100, 2}});
}

TEST_CASE("many changes become a bounded number of steps that end with the right value") {
  constexpr std::int64_t changes = 1'000'000;
  CounterCurve curve(changes * 10, changes);
  for (std::int64_t i = 0; i < changes; ++i) curve.add(i * 10, 1);
  const Points all = points(curve);
  CHECK(all.size() <= CounterCurve::most_steps);
  CHECK(all.size() >= CounterCurve::most_steps / 2);
  CHECK(all.back().second == changes);
  for (const auto& [time, value] : all) {
    const std::int64_t right = (time + 9) / 10;  // as many have begun before that time
    CHECK(static_cast<std::int64_t>(value) == (time == changes * 10 ? changes : right));
  }
}
