// The order of starts, as pure arithmetic.
#include "order/start_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using prun::order::StartOrder;
using prun::order::StartQueue;

namespace {

using Indexes = std::vector<std::uint64_t>;

Indexes all_of(StartQueue queue) {
  Indexes indexes;
  while (!queue.empty()) {
    const std::uint64_t next = queue.next();
    CHECK(queue.take() == next);
    indexes.push_back(next);
  }
  return indexes;
}

Indexes shuffled(std::uint64_t count, std::uint64_t seed) {
  StartQueue queue;
  for (std::uint64_t i = 0; i < count; ++i) queue.add(i, {});
  queue.arrange(StartOrder::shuffled, seed);
  return all_of(queue);
}

}  // namespace

TEST_CASE("longest first: the costliest task starts first, equal ones in the order of the input") {
  StartQueue queue;
  const double costs[] = {1, 3, 2, 3, 0, -1};
  for (std::uint64_t i = 0; i < 6; ++i) queue.add(i, costs[i]);
  queue.arrange(StartOrder::longest_first, 0);
  CHECK(all_of(queue) == Indexes{1, 3, 2, 0, 4, 5});
}

TEST_CASE("longest first: a task of unknown cost may be the longest, and starts before the others") {
  StartQueue queue;
  queue.add(0, 5.0);
  queue.add(1, std::nullopt);
  queue.add(2, 1e300);
  queue.add(3, std::nan(""));
  queue.arrange(StartOrder::longest_first, 0);
  CHECK(all_of(queue) == Indexes{1, 3, 2, 0});
}

TEST_CASE("a shuffled order has each task once, depends on the seed, and is the same on every machine") {
  Indexes sorted = shuffled(1000, 7);
  CHECK(sorted == shuffled(1000, 7));
  CHECK(sorted != shuffled(1000, 8));
  std::sort(sorted.begin(), sorted.end());
  Indexes expected(1000);
  std::iota(expected.begin(), expected.end(), 0U);
  CHECK(sorted == expected);
}

TEST_CASE("a shuffled order is fair: each task is first about equally often") {
  std::vector<int> first(4, 0);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) ++first[shuffled(4, seed).front()];
  for (const int times : first) CHECK(std::abs(times - 1000) < 150);  // five standard deviations
}

TEST_CASE("an empty run has nothing to start") {
  StartQueue queue;
  queue.arrange(StartOrder::shuffled, 1);
  CHECK(queue.empty());
}
