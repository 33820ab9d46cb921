// Callbacks have returned when a wait for their call returns.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

constexpr int rounds = 300;
using prun::AsyncCallbacks;

}  // namespace

TEST_CASE("result() and done() come after the callbacks") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (int i = 0; i < rounds; ++i) {
    const auto called = std::make_unique<std::atomic<int>>(0);
    const auto future = executor.submit(square, i);
    for (int k = 0; k < 3; ++k) future.add_done_callback([&](const auto&) { ++*called; });
    i % 2 == 0 ? static_cast<void>(future.result()) : static_cast<void>(future.wait());
    REQUIRE(*called == 3);
    const auto polled = executor.submit(square, i);
    polled.add_done_callback([&](const auto&) { ++*called; });
    while (!polled.done()) std::this_thread::yield();
    REQUIRE(*called == 4);
  }
}

TEST_CASE("prun::wait and as_completed come after the callbacks") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (int i = 0; i < rounds; ++i) {
    std::atomic<int> called = 0;
    std::vector<prun::Future<long>> futures;
    for (int k = 0; k < 4; ++k) {
      futures.push_back(executor.submit(square, k));
      futures.back().add_done_callback([&](const auto&) { ++called; });
    }
    if (i % 2 == 0) {
      prun::wait(futures);
    } else {
      for (const auto& future : prun::as_completed(futures)) static_cast<void>(future);
    }
    REQUIRE(called == 4);
  }
}

TEST_CASE("get() of apply_async and map_async comes after the callback") {
  prun::Pool pool{2};
  for (int i = 0; i < rounds; ++i) {
    std::atomic<long> got = 0;
    pool.apply_async(AsyncCallbacks<long>{.callback = [&](long x) { got = x; }}, square, 3).get();
    REQUIRE(got == 9);
    pool.map_async(square, std::vector{1, 2, 3}, {}, {.callback = [&](const auto& all) { got = all.back() + 1; }})
        .wait();
    REQUIRE(got == 10);
  }
}

TEST_CASE("cancel() returns after the callbacks, which it calls itself") {
  const Semaphore go;
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto blocker = executor.submit([gate = go.handle()] { return gate.wait(); });
  for (int i = 0; i < rounds; ++i) {
    std::string order;
    const auto future = executor.submit(square, i);
    future.add_done_callback([&](const auto& f) { order += f.cancelled() && f.done() ? "a" : "?"; });
    future.add_done_callback([&](const auto&) { order += "b"; });
    const bool cancelled = future.cancel();
    if (cancelled) REQUIRE(order == "ab");
    if (!cancelled) future.wait();
  }
  go.handle().post();
}

TEST_CASE("a callback may wait for its own call and for others, add callbacks, submit, cancel") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  std::string seen;
  const auto future = executor.submit(square, 3);
  future.add_done_callback([&](const prun::Future<long>& f) {
    seen += std::to_string(f.result()) + " " + std::to_string(f.wait());
    f.add_done_callback([&](const auto&) { seen += " added"; });
    seen += " " + std::to_string(executor.submit(square, 4).result());
    const auto with_callback = executor.submit(square, 5);
    with_callback.add_done_callback([](const auto&) {});
    seen += " " + std::to_string(with_callback.result());
    const std::vector<prun::Future<long>> more{executor.submit(square, 6), with_callback, f};
    seen += " " + std::to_string(prun::wait(more).done.size());
    const Semaphore never;
    const auto last = executor.submit(square, 7);
    last.add_done_callback([&](const auto&) { seen += " last"; });
    last.cancel();
    static_cast<void>(last.wait());
  });
  CHECK(future.result(60s) == 9);
  CHECK(seen.starts_with("9 1 added 16 25 3"));
}

TEST_CASE("a callback that is added while others run is called before the wait returns") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const Semaphore started, go;
  std::atomic<int> called = 0;
  const auto future = executor.submit(square, 3);
  future.add_done_callback([&](const auto&) {
    started.handle().post();
    static_cast<void>(go.handle().wait());
    ++called;
  });
  REQUIRE(started.handle().wait());
  CHECK_FALSE(future.done());
  future.add_done_callback([&](const auto&) { ++called; });
  CHECK_FALSE(future.wait(0s));
  go.handle().post();
  CHECK(future.result() == 9);
  CHECK(called == 2);
}

TEST_CASE("terminate wakes threads that wait for a call only after its callbacks") {
  const Semaphore go;
  for (int i = 0; i < 5; ++i) {
    prun::Pool pool{1};
    std::atomic<bool> told = false;
    const auto stuck = pool.apply_async(AsyncCallbacks<bool>{.error_callback = [&](const auto&) { told = true; }},
                                        [gate = go.handle()] { return gate.wait(); });
    auto waiting = std::async(std::launch::async, [&] {
      CHECK_THROWS_AS(stuck.get(), prun::CancelledError);
      return told.load();
    });
    pool.terminate();
    CHECK(waiting.get());
  }
}
