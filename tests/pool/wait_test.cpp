// prun::wait() and prun::as_completed().
#include "pool_support.hpp"

#include <prun/executor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <stdexcept>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

using Futures = std::vector<prun::Future<int>>;

bool contains(const Futures& futures, const prun::Future<int>& future) {
  return std::find(futures.begin(), futures.end(), future) != futures.end();
}

/// Two workers and calls that end when told to.
struct Gated {
  Semaphore go;
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};

  prun::Future<int> value(int x) {
    return executor.submit([](int y) { return y; }, x);
  }
  prun::Future<int> error() { return executor.submit(even_or_throw, 1); }
  prun::Future<int> waiting() {
    return executor.submit([gate = go.handle()] { return gate.wait() ? 0 : -1; });
  }
  void release(std::uint64_t count) { go.handle().post(count); }
};

}  // namespace

TEST_CASE("FIRST_COMPLETED returns at the first that ends") {
  Gated gated;
  const auto stuck = gated.waiting();
  const auto quick = gated.value(1);
  const auto [done, not_done] = prun::wait(Futures{stuck, quick}, prun::FIRST_COMPLETED);
  CHECK(done == Futures{quick});
  CHECK(not_done == Futures{stuck});
  gated.release(1);
}

TEST_CASE("FIRST_COMPLETED returns immediately if some have ended") {
  Gated gated;
  const auto ended = gated.value(1);
  ended.result();
  const auto stuck = gated.waiting();
  const auto [done, not_done] = prun::wait(Futures{stuck, ended}, prun::FIRST_COMPLETED);
  CHECK(done == Futures{ended});
  CHECK(not_done == Futures{stuck});
  gated.release(1);
}

TEST_CASE("FIRST_EXCEPTION returns at the first failure, a result is not enough") {
  Gated gated;
  const auto stuck = gated.waiting();
  const auto fine = gated.value(2);
  fine.result();
  const auto bad = gated.error();
  const auto [done, not_done] = prun::wait(Futures{stuck, fine, bad}, prun::FIRST_EXCEPTION);
  CHECK(done.size() == 2);
  CHECK(contains(done, bad));
  CHECK(not_done == Futures{stuck});
  gated.release(1);
}

TEST_CASE("FIRST_EXCEPTION returns immediately if one has already failed") {
  Gated gated;
  const auto bad = gated.error();
  CHECK(bad.exception());
  const auto stuck = gated.waiting();
  CHECK(prun::wait(Futures{stuck, bad}, prun::FIRST_EXCEPTION).done == Futures{bad});
  gated.release(1);
}

TEST_CASE("FIRST_EXCEPTION waits for all if none fails, and a cancelled call has not failed") {
  Gated gated;
  const Futures blockers{gated.waiting(), gated.waiting()};
  const auto cancelled = gated.value(1);
  REQUIRE(cancelled.cancel());
  const auto last = gated.value(3);
  gated.release(2);
  const auto [done, not_done] = prun::wait(Futures{blockers[0], cancelled, blockers[1], last}, prun::FIRST_EXCEPTION);
  CHECK(done.size() == 4);
  CHECK(not_done.empty());
}

TEST_CASE("ALL_COMPLETED waits for all, failures too") {
  Gated gated;
  const Futures futures{gated.value(1), gated.error(), gated.value(2)};
  const auto [done, not_done] = prun::wait(futures);
  CHECK(done.size() == 3);
  CHECK(not_done.empty());
  CHECK(prun::wait(Futures{}).done.empty());
}

TEST_CASE("at a timeout, ended and pending futures are separated") {
  Gated gated;
  const auto fine = gated.value(1);
  fine.result();
  const auto stuck = gated.waiting();
  for (const auto timeout : {0ms, 20ms}) {
    const auto [done, not_done] = prun::wait(Futures{fine, stuck}, prun::ALL_COMPLETED, timeout);
    CHECK(done == Futures{fine});
    CHECK(not_done == Futures{stuck});
  }
  CHECK_THROWS_AS(prun::wait(Futures{fine}, prun::ALL_COMPLETED, -1ms), std::invalid_argument);
  gated.release(1);
}

TEST_CASE("duplicates count once") {
  Gated gated;
  const auto fine = gated.value(1);
  const auto stuck = gated.waiting();
  fine.result();
  const auto [done, not_done] = prun::wait(Futures{fine, stuck, fine, stuck}, prun::ALL_COMPLETED, 0ms);
  CHECK(done == Futures{fine});
  CHECK(not_done == Futures{stuck});
  gated.release(1);
}

TEST_CASE("as_completed yields each once, those that have ended first") {
  Gated gated;
  const auto stuck = gated.waiting();
  const auto fine = gated.value(1);
  fine.result();
  Futures order;
  for (const auto& future : prun::as_completed(Futures{stuck, fine, stuck, fine})) {
    order.push_back(future);
    if (order.size() == 1) gated.release(1);
  }
  CHECK(order == Futures{fine, stuck});
}

TEST_CASE("as_completed with a timeout of zero yields the finished ones, and then says how many are not") {
  Gated gated;
  const Futures fine{gated.value(1), gated.value(2)};
  prun::wait(fine);
  const Futures stuck{gated.waiting(), gated.waiting()};
  Futures order;
  const auto take_all = [&] {
    for (const auto& future : prun::as_completed(Futures{stuck[0], fine[0], stuck[1], fine[1]}, 0s))
      order.push_back(future);
  };
  CHECK_THROWS_WITH_AS(take_all(), "2 (of 4) futures unfinished", prun::TimeoutError);
  CHECK(order.size() == 2);
  CHECK(contains(order, fine[0]));
  CHECK(contains(order, fine[1]));
  gated.release(2);
}

TEST_CASE("as_completed accepts no futures, failed ones and cancelled ones") {
  Gated gated;
  for (const auto& future : prun::as_completed(Futures{})) FAIL(future.done());
  const Futures blockers{gated.waiting(), gated.waiting()};
  const auto queued = gated.error();
  queued.cancel();
  gated.release(2);
  int count = 0;
  for (const auto& future : prun::as_completed(Futures{blockers[0], queued, blockers[1]}))
    count += future.done() ? 1 : 0;
  CHECK(count == 3);
}

TEST_CASE("a cancelled call wakes wait") {
  Gated gated;
  const Futures blockers{gated.waiting(), gated.waiting()};
  Futures queued;
  for (int i = 0; i < 100; ++i) queued.push_back(gated.value(i));
  auto waiting = std::async(std::launch::async, [&] { return prun::wait(Futures{queued.back()}).done.size(); });
  CHECK(queued.back().cancel());
  CHECK(waiting.get() == 1);
  gated.release(2);
  CHECK(prun::wait(queued).done.size() == 100);
}

TEST_CASE("futures of several executors may be waited for together, ten thousand too") {
  Gated first, second;
  Futures futures;
  for (int i = 0; i < 5000; ++i) {
    futures.push_back(first.value(i));
    futures.push_back(second.value(i));
  }
  CHECK(prun::wait(futures).done.size() == futures.size());
  long sum = 0;
  for (const auto& future : prun::as_completed(futures)) sum += future.result();
  CHECK(sum == 2L * 5000 * 4999 / 2);
}
