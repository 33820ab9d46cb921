// The end of an executor: shutdown, and its workers ended at once.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

TEST_CASE("after shutdown submit is refused, and submitted calls are made") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  std::vector<prun::Future<long>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(executor.submit(square, i));
  executor.shutdown();
  CHECK(std::ranges::all_of(futures, [](const auto& f) { return f.done() && !f.cancelled(); }));
  CHECK_THROWS_AS(executor.submit(square, 1), prun::MisuseError);
  CHECK_THROWS_AS(executor.map(square, std::vector{1}), prun::MisuseError);
  CHECK_NOTHROW(executor.shutdown());
  prun::ProcessPoolExecutor never_used{{.max_workers = 2}};
  CHECK_NOTHROW(never_used.shutdown());
}

TEST_CASE("cancel_futures cancels pending calls and finishes running ones") {
  const Semaphore go, began;
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto running = executor.submit([gate = go.handle(), told = began.handle()] {
    told.post();
    return gate.wait() ? 1 : 0;
  });
  REQUIRE(began.handle().wait());
  std::vector<prun::Future<long>> pending;
  for (int i = 0; i < 50; ++i) pending.push_back(executor.submit(square, i));
  executor.shutdown({.wait = false, .cancel_futures = true});
  CHECK(std::ranges::all_of(pending, [](const auto& f) { return f.cancelled(); }));
  CHECK(running.running());
  go.handle().post();
  CHECK(running.result(30s) == 1);
}

TEST_CASE("cancel just before shutdown does not hang") {
  for (int i = 0; i < 10; ++i) {
    prun::ProcessPoolExecutor executor{{.max_workers = 1}};
    const auto first = executor.submit(square, 1);
    const auto second = executor.submit(square, 2);
    second.cancel();
    executor.shutdown();
    CHECK(first.result() == 1);
    CHECK(second.done());
  }
}

TEST_CASE("terminate_workers and kill_workers: the running call never finishes, the pending ones are cancelled") {
  for (const bool kill : {false, true}) {
    CAPTURE(kill);
    const Semaphore go, began;
    const Shared<std::atomic<int>> finished;
    prun::ProcessPoolExecutor executor{{.max_workers = 2}};
    const auto running = executor.submit([gate = go.handle(), told = began.handle(), done = finished.get()] {
      told.post();
      *done = gate.wait() ? 1 : 2;
    });
    const auto stuck = executor.submit([gate = go.handle(), told = began.handle()] {
      told.post();
      return gate.wait();
    });
    REQUIRE(began.handle().wait(2));
    const auto pending = executor.submit(square, 3);
    kill ? executor.kill_workers() : executor.terminate_workers();
    CHECK_THROWS_WITH_AS(running.result(30s), doctest::Contains(kill ? "SIGKILL" : "SIGTERM"), prun::WorkerLostError);
    CHECK(pending.cancelled());
    CHECK_THROWS_AS(stuck.result(30s), prun::WorkerLostError);
    CHECK_THROWS_AS(executor.submit(square, 1), prun::MisuseError);
    kill ? executor.kill_workers() : executor.terminate_workers();
    executor.shutdown();
    CHECK(*finished == 0);
  }
}

TEST_CASE("kill_workers: the rest of a chunk does not run") {
  const Semaphore never, began;
  const Shared<std::atomic<int>> begun;
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  auto results = executor.map(
      [gate = never.handle(), told = began.handle(), count = begun.get()](int) {
        ++*count;
        told.post();
        return gate.wait();
      },
      std::vector<int>(10), {.chunksize = 10});
  REQUIRE(began.handle().wait());
  executor.kill_workers();
  CHECK_THROWS_AS(results.next(), prun::WorkerLostError);
  for (int i = 1; i < 10; ++i) CHECK_THROWS_AS(results.next(), prun::CancelledError);
  CHECK(!results.next());
  executor.shutdown();
  CHECK(*begun == 1);
}

TEST_CASE("kill_workers on workers that were never started, or have died already") {
  prun::ProcessPoolExecutor unstarted{{.max_workers = 2}};
  unstarted.kill_workers();
  unstarted.terminate_workers();
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  CHECK(executor.submit([]() -> int { ::_exit(1); }).exception(30s));
  executor.kill_workers();
  executor.shutdown();
}
