// The scale of the issue, in virtual time: nothing is lost, and little time is.
#include "simulation_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

/// Tasks with the spread of fib(1..39), each level a golden ratio longer than the one before, and a mean of a second.
std::vector<Simulation::Duration> tasks_like_fib(std::size_t count) {
  constexpr double ratio = 1.618;
  constexpr int levels = 39;
  const double longest = levels * (1 - 1 / ratio);  // seconds, so that the mean is one
  std::vector<Simulation::Duration> tasks;
  for (std::size_t i = 0; i < count; ++i) {
    const double seconds = longest * std::pow(ratio, static_cast<int>(i % levels) - (levels - 1));
    tasks.emplace_back(static_cast<std::int64_t>(seconds * 1e9));
  }
  std::shuffle(tasks.begin(), tasks.end(), std::mt19937_64(7));
  return tasks;
}

double share_of_ideal(const Simulation::Options& options, const Simulation::Result& result) {
  return std::chrono::duration<double>(Simulation::ideal(options)) / std::chrono::duration<double>(result.total);
}

}  // namespace

TEST_CASE("1000 nodes of 64 cores lose less than 5 percent to messages and waiting") {
  Simulation::Options options;
  options.nodes = 1000;
  options.cores = 64;
  options.tasks = tasks_like_fib(1'280'000);
  const auto result = Simulation(options)();
  MESSAGE("share of the ideal time: " << share_of_ideal(options, result) << ", recalled: " << result.recalled);
  CHECK(result.wrong == 0);
  CHECK(result.repeated == 0);
  CHECK(share_of_ideal(options, result) > 0.95);
}

TEST_CASE("slow nodes do not keep the others waiting") {
  Simulation::Options options;
  options.nodes = 100;
  options.cores = 16;
  options.slow_nodes = 5;
  options.tasks = tasks_like_fib(64'000);
  const auto result = Simulation(options)();
  CHECK(result.wrong == 0);
  CHECK(share_of_ideal(options, result) > 0.9);
}

TEST_CASE("every task has one outcome although nodes are lost again and again") {
  Simulation::Options options;
  options.nodes = 50;
  options.cores = 8;
  options.tasks = tasks_like_fib(20'000);
  options.losses = 100;
  options.between_losses = 300ms;
  const auto result = Simulation(options)();
  CHECK(result.losses >= 50);
  CHECK(result.wrong == 0);
  CHECK(result.outcomes == options.tasks.size());
}

TEST_CASE("many short tasks pass through few nodes") {
  Simulation::Options options;
  options.nodes = 4;
  options.cores = 8;
  options.tasks.assign(200'000, 1ms);
  const auto result = Simulation(options)();
  CHECK(result.wrong == 0);
  CHECK(share_of_ideal(options, result) > 0.9);
}

TEST_CASE("long tasks behind a burst of short ones are taken back from the node that has them") {
  Simulation::Options options;
  options.nodes = 4;
  options.cores = 4;
  options.tasks.assign(20'000, 100us);
  options.tasks.insert(options.tasks.end(), 160, 1s);
  const auto result = Simulation(options)();
  CHECK(result.wrong == 0);
  CHECK(share_of_ideal(options, result) > 0.9);
}
