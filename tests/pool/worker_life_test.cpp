// Workers from their start to their replacement: initializers, recycling, and who may use a pool from where.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

int distinct(const std::vector<int>& pids) { return static_cast<int>(std::set<int>(pids.begin(), pids.end()).size()); }

}  // namespace

TEST_CASE("workers are replaced after the maximum number of tasks, and all results are right") {
  prun::Pool pool{3, {.max_tasks_per_child = 10}};
  const auto pids = pool.map(own_pid, std::vector<int>(100), {.chunksize = 1});
  CHECK(distinct(pids) >= 10);
  CHECK(std::ranges::all_of(pids, [&](int pid) { return std::ranges::count(pids, pid) <= 10; }));
  CHECK(pool.map(square, std::vector{1, 2, 3}) == std::vector<long>{1, 4, 9});
}

TEST_CASE("a worker for each task, and an early close: all results are there") {
  prun::Pool pool{2, {.max_tasks_per_child = 1}};
  std::vector<prun::AsyncResult<int>> results;
  for (int i = 0; i < 20; ++i) results.push_back(pool.apply_async(own_pid, i));
  pool.close();
  pool.join();
  std::vector<int> pids;
  for (const auto& result : results) pids.push_back(result.get(0s));
  CHECK(distinct(pids) == 20);
}

TEST_CASE("an executor recycles its workers, with shutdown(wait = false) too") {
  struct Case {
    int workers, limit, tasks;
  };
  for (const auto [workers, limit, tasks] : {Case{1, 2, 6}, Case{2, 2, 8}}) {
    for (const bool wait : {true, false}) {
      CAPTURE(workers);
      CAPTURE(wait);
      prun::ProcessPoolExecutor executor{{.max_workers = workers, .max_tasks_per_child = limit}};
      std::vector<prun::Future<int>> futures;
      for (int i = 0; i < tasks; ++i) futures.push_back(executor.submit(own_pid, i));
      executor.shutdown({.wait = wait});
      std::vector<int> pids;
      for (const auto& future : futures) pids.push_back(future.result(30s));
      CHECK(distinct(pids) >= tasks / limit);
    }
  }
}

TEST_CASE("an initializer runs once in each worker, before its first task") {
  const Shared<std::atomic<int>> runs;
  const Semaphore begun, go;
  prun::Pool pool{2, {.initializer = [count = runs.get()] { ++*count; }}};
  CHECK(distinct(pids_of_all(pool, begun.handle(), go.handle(), 2)) == 2);
  CHECK(*runs == 2);
}

TEST_CASE("an initializer that throws, or dies, breaks the pool, which says why") {
  const Shared<std::atomic<int>> runs;
  prun::Pool pool{2, {.initializer = [count = runs.get()] {
                    ++*count;
                    throw std::runtime_error("no such model");
                  }}};
  CHECK_THROWS_WITH_AS(pool.map(square, std::vector{1, 2, 3}), doctest::Contains("no such model"),
                       prun::BrokenPoolError);
  CHECK_THROWS_AS(pool.apply(square, 1), prun::BrokenPoolError);
  CHECK_THROWS_AS(pool.imap(square, std::vector{1}).next(), prun::BrokenPoolError);
  CHECK(*runs <= 4);
  prun::ProcessPoolExecutor executor{{.max_workers = 2, .initializer = [] { ::_exit(9); }}};
  CHECK_THROWS_WITH_AS(executor.submit(square, 1).result(30s), doctest::Contains("status 9"), prun::BrokenPoolError);
}

TEST_CASE("a function may have a pool of its own") {
  prun::Pool pool{2};
  const auto nested = [](int x) {
    prun::Pool inner{1};
    return inner.apply(square, x);
  };
  CHECK(pool.map(nested, std::vector{3, 4}) == std::vector<long>{9, 16});
}

TEST_CASE("a function cannot use a pool of its master: an error, not a hang") {
  prun::Pool outer{1};
  prun::Pool pool{1};
  const auto use = prun::allow_addresses([master = &outer] { return master->apply(square, 1); });
  CHECK_THROWS_WITH_AS(pool.apply(use), doctest::Contains("a pool belongs to the process"), prun::MisuseError);
}

TEST_CASE("a function cannot use the pool that runs it: an error, not a crash") {
  prun::Pool pool{1};
  const auto applies = prun::allow_addresses([own = &pool] { return own->apply(square, 1); });
  CHECK_THROWS_WITH_AS(pool.apply(applies), doctest::Contains("cannot use that same pool"), prun::MisuseError);
  CHECK_THROWS_AS(pool.apply(applies), prun::TaskFailure);
  CHECK_THROWS_AS(pool.apply(prun::allow_addresses([own = &pool] { own->close(); })), prun::MisuseError);
  prun::ProcessPoolExecutor executor{{.max_workers = 1, .max_tasks_per_child = 1}};
  const auto submits = prun::allow_addresses([own = &executor] { return own->submit(square, 1).result(); });
  for (int twice = 0; twice < 2; ++twice) CHECK_THROWS_AS(executor.submit(submits).result(30s), prun::MisuseError);
}

TEST_CASE("never more than the maximum of workers, and idle ones are used again first") {
  const Semaphore begun, go;
  prun::ProcessPoolExecutor executor{{.max_workers = 3}};
  std::set<int> pids;
  for (int i = 0; i < 20; ++i) pids.insert(executor.submit(own_pid, i).result());
  CHECK(pids.size() == 1);
  std::vector<prun::Future<int>> futures;
  for (int i = 0; i < 30; ++i) {
    futures.push_back(executor.submit([told = begun.handle(), gate = go.handle()] {
      told.post();
      return gate.wait() ? static_cast<int>(::getpid()) : 0;
    }));
  }
  REQUIRE(begun.handle().wait(3));
  go.handle().post(30);
  for (const auto& future : futures) pids.insert(future.result(30s));
  CHECK(pids.size() == 3);
  CHECK(executor.worker_pids().size() == 3);
}
