// Pools and executors from their beginning to their end: close, join, terminate, shutdown, recycled workers,
// initializers, exceptions on the way, and processes that end with a live pool.
#include "pool_support.hpp"

#include "support/process_tree.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <new>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

template <class Stream>
auto collected(Stream&& stream) {
  std::vector<std::ranges::range_value_t<Stream>> all;
  for (auto&& x : stream) all.push_back(std::move(x));
  return all;
}

int distinct(const std::vector<int>& pids) { return static_cast<int>(std::set<int>(pids.begin(), pids.end()).size()); }

struct OwnError : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace

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

TEST_CASE("terminate wakes who waits for a call") {
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

TEST_CASE("a stream is still good for what was read when the pool is terminated") {
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

TEST_CASE("workers are replaced after so many tasks, and all results are right") {
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

TEST_CASE("a process that ends with a live pool ends well, and leaves no worker behind") {
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
  const auto use = [master = &outer] { return master->apply(square, 1); };
  CHECK_THROWS_WITH_AS(pool.apply(use), doctest::Contains("a pool belongs to the process"), prun::TaskError);
}

TEST_CASE("a function cannot use the pool that runs it: an error, not a crash") {
  prun::Pool pool{1};
  CHECK_THROWS_WITH_AS(pool.apply([own = &pool] { return own->apply(square, 1); }),
                       doctest::Contains("cannot use that same pool"), prun::TaskError);
  CHECK_THROWS_AS(pool.apply([own = &pool] { own->close(); }), prun::TaskError);
  prun::ProcessPoolExecutor executor{{.max_workers = 1, .max_tasks_per_child = 1}};
  const auto submits = [own = &executor] { return own->submit(square, 1).result(); };
  for (int twice = 0; twice < 2; ++twice) CHECK_THROWS_AS(executor.submit(submits).result(30s), prun::TaskError);
}

TEST_CASE("exceptions keep type and message, standard ones come back as themselves and as TaskFailure") {
  prun::Pool pool{1};
  CHECK_THROWS_WITH_AS(pool.apply(even_or_throw, 3), "odd: 3", std::domain_error);
  CHECK_THROWS_AS(pool.apply([] { throw std::out_of_range("x"); }), std::out_of_range);
  CHECK_THROWS_AS(pool.apply([] { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK_THROWS_AS(pool.apply([] { return std::vector<int>().at(3); }), std::out_of_range);
  try {
    pool.apply(even_or_throw, 3);
  } catch (const prun::TaskFailure& e) {
    CHECK(e.failure().type == "std::domain_error");
    CHECK(e.failure().message == "odd: 3");
    CHECK(e.failure().kind == prun::FailureKind::exception);
    CHECK(e.failure().pid != ::getpid());
  }
}

TEST_CASE("exceptions of other types come back as TaskError, with type and message") {
  prun::Pool pool{1};
  CHECK_THROWS_WITH_AS(pool.apply([] { throw OwnError("mine"); }), "(anonymous namespace)::OwnError: mine",
                       prun::TaskError);
  CHECK_THROWS_WITH_AS(pool.apply([] { throw 7; }), "int: not a std::exception", prun::TaskError);
  CHECK_THROWS_AS(pool.apply([] { throw OwnError("mine"); }), prun::TaskFailure);
}

TEST_CASE("a message of a megabyte blocks nothing") {
  prun::Pool pool{2};
  const auto shout = [](int x) -> int { throw std::runtime_error(std::string(1'000'000, 'a') + std::to_string(x)); };
  std::vector<prun::AsyncResult<int>> results;
  for (int i = 0; i < 10; ++i) results.push_back(pool.apply_async(shout, i));
  for (int i = 0; i < 10; ++i) {
    const std::string message = std::string(1'000'000, 'a') + std::to_string(i);
    CHECK_THROWS_WITH_AS(results[static_cast<std::size_t>(i)].get(), message.c_str(), std::runtime_error);
  }
}

TEST_CASE("an input that throws at once: map and imap throw it, and the pool stays usable") {
  prun::Pool pool{2};
  const auto bad = std::views::iota(0, 3) | std::views::transform([](int) -> int { throw std::length_error("input"); });
  for (int twice = 0; twice < 2; ++twice) {
    CHECK_THROWS_WITH_AS(pool.map(square, bad), "input", std::length_error);
    CHECK_THROWS_AS(pool.map_async(square, bad), std::length_error);
    CHECK_THROWS_AS(pool.imap(square, bad).next(), std::length_error);
    CHECK_THROWS_AS(collected(pool.imap_unordered(square, bad)), std::length_error);
    CHECK(pool.apply(square, 2) == 4);
  }
}

TEST_CASE("an input that throws at item k: imap yields what came before, then throws") {
  prun::Pool pool{2};
  const auto bad = std::views::iota(0, 100) | std::views::transform([](int x) {
                     if (x == 50) throw std::length_error("input");
                     return x;
                   });
  CHECK_THROWS_AS(pool.map(square, bad), std::length_error);
  auto results = pool.imap(square, bad, {.chunksize = 7});
  for (int i = 0; i < 50; ++i) CHECK(results.next() == long{i} * i);
  CHECK_THROWS_AS(results.next(), std::length_error);
  CHECK(!results.next());
}

TEST_CASE("map runs everything before it throws") {
  const Shared<std::atomic<int>> finished;
  prun::Pool pool{2};
  const auto first_fails = [count = finished.get()](int x) {
    if (x == 0) throw std::runtime_error("first");
    return ++*count;
  };
  CHECK_THROWS_AS(pool.map(first_fails, std::views::iota(0, 100), {.chunksize = 1}), std::runtime_error);
  CHECK(*finished == 99);
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

TEST_CASE("after shutdown submit is refused, and what was submitted is done") {
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

TEST_CASE("cancel_futures withdraws what is pending, and finishes what runs") {
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

TEST_CASE("pools end in any order, and one that was made later does not keep an earlier one") {
  auto first = std::make_unique<prun::Pool>(1);
  prun::Pool second{1};
  prun::ProcessPoolExecutor third{{.max_workers = 1}};
  CHECK(third.submit(square, 2).result() == 4);
  first.reset();
  CHECK(second.apply(square, 3) == 9);
}
