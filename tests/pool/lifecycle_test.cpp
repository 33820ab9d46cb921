// Pools from their beginning to their end: close, join, terminate, scope exit, and processes that end with a live pool.
#include "pool_support.hpp"

#include "support/process_tree.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <ranges>
#include <utility>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

TEST_CASE("terminate returns promptly with ten thousand long calls queued, which are then cancelled") {
  const Semaphore go;
  prun::Pool pool{2};
  const auto stuck = [gate = go.handle()](int) { return gate.wait(); };
  const auto all = pool.map_async(stuck, std::views::iota(0, 10'000), {.chunksize = 1});
  const auto one = pool.apply_async(stuck, 1);
  const auto begin = std::chrono::steady_clock::now();
  pool.terminate();
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK_THROWS_AS(all.get(0s), prun::CancelledError);
  CHECK_THROWS_AS(one.get(0s), prun::CancelledError);
}

TEST_CASE("terminate wakes threads that wait for a call") {
  const Semaphore go, began;
  const Event told = began.handle();
  prun::Pool pool{1};
  const auto stuck = pool.apply_async([gate = go.handle(), told] {
    told.post();
    return gate.wait();
  });
  auto waiting = std::async(std::launch::async, [stuck] { CHECK_THROWS_AS(stuck.get(), prun::CancelledError); });
  REQUIRE(told.wait());
  pool.terminate();
  CHECK(waiting.wait_for(30s) == std::future_status::ready);
  CHECK_NOTHROW(pool.terminate());
  CHECK_NOTHROW(pool.join());
}

TEST_CASE("leaving the scope terminates: the workers are gone") {
  const Semaphore begun, go, never;
  std::vector<int> pids;
  std::unique_ptr<Witness> witness;
  {
    prun::Pool pool{2};
    pids = pids_of_all(pool, begun.handle(), go.handle(), 2);
    witness = std::make_unique<Witness>(pids);
    const auto stuck = pool.map_async([gate = never.handle()](int) { return gate.wait(); }, std::vector{1, 2, 3});
  }
  CHECK(witness->all_ended_within(0ms));
}

TEST_CASE("a closed pool finishes its work, and takes no more") {
  prun::Pool pool{2};
  CHECK_THROWS_AS(pool.join(), prun::MisuseError);
  const auto all = pool.map_async(square, std::views::iota(0, 1000), {.chunksize = 1});
  pool.close();
  CHECK_THROWS_AS(pool.apply(square, 1), prun::MisuseError);
  CHECK_THROWS_AS(pool.apply_async(square, 1), prun::MisuseError);
  CHECK_THROWS_AS(pool.map(square, std::vector{1}), prun::MisuseError);
  CHECK_THROWS_AS(pool.map_async(square, std::vector{1}), prun::MisuseError);
  CHECK_THROWS_AS(pool.starmap(add, std::vector<std::pair<int, int>>{{1, 2}}), prun::MisuseError);
  CHECK_THROWS_AS(pool.imap(square, std::vector{1}), prun::MisuseError);
  CHECK_THROWS_AS(pool.imap_unordered(square, std::views::iota(1)), prun::MisuseError);
  pool.join();
  CHECK(all.ready());
  CHECK(all.get().size() == 1000);
  CHECK(pool.worker_pids().empty());
  CHECK_NOTHROW(pool.join());
  CHECK_NOTHROW(pool.close());
}

TEST_CASE("a partly consumed stream, then close and join") {
  prun::Pool pool{2};
  {
    auto results = pool.imap(square, std::views::iota(0L, 100'000L));
    CHECK(results.next() == 0);
    CHECK(results.next() == 1);
  }
  pool.close();
  pool.join();
}

TEST_CASE("a stream still returns available results after the pool is terminated") {
  prun::Pool pool{1};
  auto results = pool.imap(square, std::vector{1, 2, 3});
  CHECK(results.next() == 1);
  pool.terminate();
  int ended = 0;
  for (int i = 0; i < 2; ++i) {
    try {
      ended += results.next() ? 1 : 0;
    } catch (const prun::CancelledError&) {
      ++ended;
    }
  }
  CHECK(ended == 2);
  CHECK(!results.next());
}

TEST_CASE("a process that exits with a live pool exits normally and leaves no worker behind") {
  for (const bool busy : {false, true}) {
    CAPTURE(busy);
    const Shared<std::array<std::atomic<int>, 2>> pids;
    const Semaphore told, go;
    Child master([pids = pids.get(), told = told.handle(), gate = go.handle(), busy] {
      const Semaphore begun, together, never;
      static prun::Pool pool{2};
      const auto own = pids_of_all(pool, begun.handle(), together.handle(), 2);
      for (std::size_t i = 0; i < 2; ++i) (*pids)[i] = own[i];
      static auto* const leaked = new prun::ProcessPoolExecutor{{.max_workers = 1}};
      leaked->submit(square, 2).result();
      if (busy) pool.map_async([never = never.handle()](int) { return never.wait(); }, std::vector<int>(100));
      told.post();
      if (!gate.wait()) ::_exit(1);
    });
    REQUIRE(told.handle().wait());
    const Witness everything(descendants_of(master.pid()));
    const Witness workers({(*pids)[0], (*pids)[1]});
    go.handle().post();
    CHECK(master.wait() == 0);
    CHECK(everything.all_ended_within(10s));
    CHECK(workers.all_ended_within(0ms));
  }
}

TEST_CASE("a child of the process that made a pool leaves it alone") {
  prun::Pool pool{1};
  auto executor = std::make_unique<prun::ProcessPoolExecutor>(prun::ExecutorOptions{.max_workers = 1});
  auto results =
      std::make_unique<decltype(pool.imap(square, std::views::iota(1)))>(pool.imap(square, std::views::iota(1)));
  CHECK(results->next() == 1);
  Child child([&] {
    try {
      static_cast<void>(pool.apply(square, 1));
      ::_exit(1);
    } catch (const prun::MisuseError&) {
    }
    pool.terminate();
    executor.reset();
    results.reset();
    ::_exit(0);
  });
  CHECK(child.wait() == 0);
  CHECK(results->next() == 4);
  CHECK(pool.apply(square, 3) == 9);
  CHECK(executor->submit(square, 4).result() == 16);
}

TEST_CASE("pools end in any order, and one that was made later does not keep an earlier one") {
  auto first = std::make_unique<prun::Pool>(1);
  prun::Pool second{1};
  prun::ProcessPoolExecutor third{{.max_workers = 1}};
  CHECK(third.submit(square, 2).result() == 4);
  first.reset();
  CHECK(second.apply(square, 3) == 9);
}
