// What random numbers begin with: TaskContext::seed() and TaskContext::call.
#include "pool_support.hpp"

#include <prun/context.hpp>
#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <list>
#include <set>
#include <vector>

namespace {

std::uint64_t seed_of(int) { return prun::current_task()->seed(); }
std::uint64_t call_of(int) { return prun::current_task()->call; }

/// Of every kind of call, twice.
template <class AnyPool>
std::vector<std::uint64_t> seeds(AnyPool& pool) {
  std::vector<std::uint64_t> all;
  for (int twice = 0; twice < 2; ++twice) {
    for (int i = 0; i < 4; ++i) all.push_back(pool.apply(seed_of, 0));
    for (const auto seed : pool.map(seed_of, std::vector<int>(8), {.chunksize = 3})) all.push_back(seed);
    for (const auto seed : pool.map(seed_of, std::views::iota(0, 8))) all.push_back(seed);
    for (const auto seed : pool.imap(seed_of, std::list<int>(8))) all.push_back(seed);
    for (const auto seed : pool.imap(seed_of, std::views::iota(0, 8))) all.push_back(seed);
  }
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("no two tasks of a pool have the same seed, and another pool gives the same ones", AnyPool,
                   prun::Pool, prun::ThreadPool) {
  AnyPool pool{2, {.seed = 7}};
  const auto first = seeds(pool);
  CHECK(std::set<std::uint64_t>(first.begin(), first.end()).size() == first.size());
  AnyPool alone{1, {.seed = 7}};
  CHECK(seeds(alone) == first);
  AnyPool other{1, {.seed = 8}};
  CHECK(seeds(other) != first);
}

TEST_CASE("futures have seeds of their own") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  std::vector<prun::Future<std::uint64_t>> futures;
  for (int i = 0; i < 5000; ++i) futures.push_back(executor.submit(seed_of, 0));  // more than the ring has slots
  std::set<std::uint64_t> seeds;
  for (const auto& future : futures) seeds.insert(future.result());
  CHECK(seeds.size() == futures.size());
}

TEST_CASE("calls are numbered in the order made") {
  prun::Pool pool{1};
  CHECK(pool.apply(call_of, 0) == 0);
  CHECK(pool.map(call_of, std::vector{1, 2}) == std::vector<std::uint64_t>{1, 1});
  CHECK(pool.imap(call_of, std::vector{1}).next() == 2);
  CHECK(pool.apply(call_of, 0) == 3);
}

TEST_CASE("the first call's seeds depend on the run's seed and the index alone") {
  CHECK(prun::TaskContext{.index = 1, .run_seed = 42}.seed() == 0x28efe333b266f103u);
}
