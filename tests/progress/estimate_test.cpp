// When a run will end, from durations and ages that the test gives. lib/bench/estimate_bench.cpp measures how often it is right.
#include "progress/estimate.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace prun;
using namespace std::chrono_literals;

namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

Estimate after(std::uint64_t count, std::chrono::nanoseconds each) {
  Estimate estimate;
  for (std::uint64_t i = 0; i < count; ++i) estimate.ended(i, each);
  return estimate;
}

}  // namespace

TEST_CASE("there is no estimate before two tasks have ended") {
  CHECK_FALSE(after(0, 1s).left({{}, 0, 10, 2}).has_value());
  CHECK_FALSE(after(1, 1s).left({{}, 1, 9, 2}).has_value());
  CHECK(after(2, 1s).left({{}, 2, 8, 2}).has_value());
}

TEST_CASE("equal tasks are predicted exactly, also by the ages of those that run") {
  const auto left = after(10, 1s).left({{{10, 0.25}, {11, 0.75}}, 12, 8, 2});
  REQUIRE(left.has_value());
  CHECK(seconds(left->likely) == doctest::Approx(4.75).epsilon(0.001));
  CHECK(left->low < left->likely);
  CHECK(left->high > left->likely);
  CHECK(seconds(left->high) < 5);
}

TEST_CASE("a task that runs much longer than all others may last as long again, and the run as long as it") {
  const auto left = after(100, 1s).left({{{100, 500.0}}, 101, 0, 4});
  REQUIRE(left.has_value());
  CHECK(left->likely > 50s);
  CHECK(left->high > 500s);
}

TEST_CASE("running tasks show that the measured durations are the short ones") {
  Estimate estimate = after(10, 1s);
  const Estimate::Rest fresh{{{10, 0.1}, {11, 0.1}, {12, 0.1}, {13, 0.1}}, 14, 100, 4};
  Estimate::Rest old = fresh;
  for (Underway& task : old.running) task.age = 60.0;
  const auto little = estimate.left(fresh);
  const auto much = estimate.left(old);
  REQUIRE(little.has_value());
  REQUIRE(much.has_value());
  CHECK(seconds(little->likely) < 40);
  CHECK(seconds(much->likely) > 300);
}

TEST_CASE("tasks that become longer with each are followed") {
  Estimate estimate;
  for (std::uint64_t i = 0; i < 30; ++i) {
    estimate.ended(i, std::chrono::nanoseconds(std::llround(1000 * std::pow(1.618, i))));
  }
  const double next = 1e-6 * std::pow(1.618, 30);
  const auto left = estimate.left({{}, 30, 3, 1});
  REQUIRE(left.has_value());
  CHECK(seconds(left->likely) == doctest::Approx(next * (1 + 1.618 + 1.618 * 1.618)).epsilon(0.01));
}

TEST_CASE("tasks that become shorter with each are followed from the third on") {
  Estimate estimate;
  estimate.ended(0, 1000ms);
  estimate.ended(1, 500ms);
  estimate.ended(2, 250ms);
  const auto left = estimate.left({{}, 3, 1'000'000, 1});
  REQUIRE(left.has_value());
  CHECK(seconds(left->likely) == doctest::Approx(0.25).epsilon(0.01));
}

TEST_CASE("a million tasks are estimated as a few are") {
  Estimate estimate;
  for (std::uint64_t i = 0; i < 1000; ++i) estimate.ended(i, i % 2 == 0 ? 1ms : 3ms);
  const auto left = estimate.left({{}, 1000, 1'000'000, 4});
  REQUIRE(left.has_value());
  CHECK(seconds(left->likely) == doctest::Approx(500).epsilon(0.05));
  CHECK(seconds(left->high - left->low) < 60);
}

TEST_CASE("a task that stands for many counts as many") {
  Estimate estimate;
  for (std::uint64_t i = 0; i < 100; ++i) estimate.ended(2 * i, 1ms, 99);
  for (std::uint64_t i = 0; i < 100; ++i) estimate.ended(2 * i + 1, 101ms, 1);
  const auto left = estimate.left({{}, 200, 100'000, 1});
  REQUIRE(left.has_value());
  CHECK(seconds(left->likely) == doctest::Approx(200).epsilon(0.15));  // 2 ms on average
}

TEST_CASE("the same input gives the same estimate") {
  const Estimate::Rest rest{{{10, 0.5}}, 11, 50, 3};
  CHECK(after(10, 1s).left(rest)->high == after(10, 1s).left(rest)->high);
}

TEST_CASE("the sample of many tasks is bounded") {
  DurationSample sample;
  for (std::uint64_t i = 0; i < 100'000; ++i) sample.add({i, 1.0});
  CHECK(sample.all().size() == DurationSample::most_kept);
  double sum = 0;
  for (const auto& task : sample.all()) sum += static_cast<double>(task.index) / DurationSample::most_kept;
  CHECK(sum > 40'000);  // from all of the run
  CHECK(sum < 60'000);
}
