// Workers that die: fault x stage. Only the call that was held fails, and says how; nothing hangs, and the pool goes
// on.
#include "crash_support.hpp"

#include "support/process_tree.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <ranges>
#include <set>
#include <string>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

/// The failure of a call whose worker must have been lost.
prun::Failure loss_of(const std::exception_ptr& error) {
  REQUIRE(error);
  try {
    std::rethrow_exception(error);
  } catch (const prun::WorkerLostError& e) {
    CHECK(std::string(e.what()) == e.failure().message);
    return e.failure();
  }
}

void check_loss(const prun::Failure& failure, Fault fault) {
  const std::string who = "worker " + std::to_string(failure.pid);
  if (fault == Fault::exit || fault == Fault::quick_exit) {
    CHECK(failure.kind == prun::FailureKind::lost_exit);
    CHECK(failure.exit_status == 7);
    CHECK(failure.message == who + " exited with status 7 in the middle of the call");
  } else {
    CHECK(failure.kind == prun::FailureKind::lost_signal);
    CHECK(failure.signal == (fault == Fault::segv ? SIGSEGV : SIGKILL));
    CHECK(failure.message ==
          who + " was killed by " + (fault == Fault::segv ? "signal 11 (SIGSEGV)" : "signal 9 (SIGKILL)"));
  }
}

}  // namespace

TEST_CASE("a worker that dies at any stage fails the one call that it held") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (const Stage stage : worker_stages) {
    for (const Fault fault : crashes) {
      INFO(name_of(fault), " at ", name_of(stage));
      const auto before = executor.submit(carry, Bomb{});
      const auto doomed = executor.submit(carry, Bomb{fault, stage, false, ""});
      const auto after = executor.submit(carry, Bomb{});
      check_loss(loss_of(doomed.exception(30s)), fault);
      CHECK(before.result(30s).is_result);
      CHECK(after.result(30s).is_result);
    }
  }
}

TEST_CASE("an exception at any stage does not end the worker") {
  const Semaphore begun, go;
  prun::Pool pool{2};
  const auto pids = pids_of_all(pool, begun.handle(), go.handle(), 2);
  const auto thrown_at = [&pool](Stage stage) { return pool.apply(carry, Bomb{Fault::exception, stage, false, ""}); };
  CHECK_THROWS_AS(thrown_at(Stage::argument_encode), prun::ArgumentError);
  CHECK_THROWS_AS(thrown_at(Stage::argument_decode), prun::ArgumentError);
  CHECK_THROWS_AS(thrown_at(Stage::run), std::runtime_error);
  CHECK_THROWS_AS(thrown_at(Stage::result_encode), prun::SerializationError);
  CHECK_THROWS_AS(thrown_at(Stage::result_decode), prun::SerializationError);
  const auto after = pids_of_all(pool, begun.handle(), go.handle(), 2);
  CHECK(std::set<int>(pids.begin(), pids.end()) == std::set<int>(after.begin(), after.end()));
}

TEST_CASE("a master that dies while it writes an argument or reads a result leaves no worker behind") {
  for (const Stage stage : {Stage::argument_encode, Stage::result_decode}) {
    for (const Fault fault : crashes) {
      INFO(name_of(fault), " at ", name_of(stage));
      const Shared<std::array<std::atomic<int>, 2>> pids;
      const Semaphore told, go;
      Child master([pids = pids.get(), told = told.handle(), gate = go.handle(), stage, fault] {
        const Semaphore begun, together;
        prun::Pool pool{2};
        const auto own = pids_of_all(pool, begun.handle(), together.handle(), 2);
        for (std::size_t i = 0; i < 2; ++i) (*pids)[i] = own[i];
        told.post();
        if (gate.wait()) static_cast<void>(pool.apply(carry, Bomb{fault, stage, false, ""}));
      });
      REQUIRE(told.handle().wait());
      const Witness workers({(*pids)[0], (*pids)[1]});
      go.handle().post();
      CHECK(master.wait() != 0);
      CHECK(workers.all_ended_within(30s));
    }
  }
}

TEST_CASE("a crash with an argument or a result larger than the rings") {
  prun::Pool pool{2};
  const std::string large(20'000'000, 'x');
  for (const Stage stage : worker_stages) {
    INFO(name_of(stage));
    const auto doomed = pool.apply_async(carry, Bomb{Fault::kill, stage, false, large});
    const auto fine = pool.apply_async(carry, Bomb{Fault::none, stage, false, large});
    CHECK_THROWS_AS(static_cast<void>(doomed.get(30s)), prun::WorkerLostError);
    CHECK(fine.get(30s).pad == large);
  }
}

TEST_CASE("large results that a worker finished before it died are kept") {
  prun::Pool pool{1};
  const auto die_at_1 = [](int x) {
    if (x == 1) ::raise(SIGKILL);
    return std::string(5'000'000, static_cast<char>('a' + x));
  };
  auto results = pool.imap(die_at_1, std::vector{0, 1, 2}, {.chunksize = 3});
  CHECK(results.next() == std::string(5'000'000, 'a'));
  CHECK_THROWS_AS(results.next(), prun::WorkerLostError);
  CHECK(results.next() == std::string(5'000'000, 'c'));
}

TEST_CASE("if a worker dies in a chunk, finished results are kept and the rest runs again") {
  const Shared<std::array<std::atomic<int>, 8>> runs;
  prun::Pool pool{1};
  const auto die_at_3 = [counts = runs.get()](int x) {
    ++(*counts)[static_cast<std::size_t>(x)];
    if (x == 3) ::raise(SIGKILL);
    return x;
  };
  const std::vector<int> inputs{0, 1, 2, 3, 4, 5, 6, 7};
  auto results = pool.imap(die_at_3, inputs, {.chunksize = 8});
  for (const int x : inputs) {
    if (x == 3) {
      CHECK_THROWS_AS(results.next(), prun::WorkerLostError);
    } else {
      CHECK(results.next() == x);
    }
  }
  for (const auto& count : *runs) CHECK(count == 1);
}

TEST_CASE("in a map, dead workers fail their items, and map throws when all the rest has run") {
  const Shared<std::atomic<int>> finished;
  prun::Pool pool{2};
  const auto some_die = [count = finished.get()](int x) {
    if (x % 10 == 5) ::_exit(x);
    return count->fetch_add(1);
  };
  try {
    static_cast<void>(pool.map(some_die, std::views::iota(0, 100), {.chunksize = 7}));
    FAIL("no exception");
  } catch (const prun::WorkerLostError& e) {
    CHECK(e.failure().exit_status == 5);
  }
  CHECK(*finished == 90);
}

TEST_CASE("each of many dead workers is named by its own call") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  std::vector<prun::Future<int>> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(executor.submit([](int x) -> int { ::_exit(x); }, i));
  std::set<int> pids;
  for (int i = 0; i < 20; ++i) {
    const auto failure = loss_of(futures[static_cast<std::size_t>(i)].exception(30s));
    CHECK(failure.exit_status == i);
    pids.insert(failure.pid);
  }
  CHECK(pids.size() == 20);
}

TEST_CASE("workers that kill each other and themselves") {
  for (const int workers : {1, 2, 5, 13}) {
    CAPTURE(workers);
    const Shared<std::array<std::atomic<int>, 13>> pids;
    const Semaphore ready;
    const Event begun = ready.handle();
    prun::ProcessPoolExecutor executor{{.max_workers = workers}};
    std::vector<prun::Future<int>> futures;
    for (int i = 0; i < workers; ++i) {
      futures.push_back(executor.submit(
          [begun, all = pids.get(), workers](int self) {
            (*all)[static_cast<std::size_t>(self)] = ::getpid();
            begun.post();
            for (int other = 0; other < workers; ++other) {
              while ((*all)[static_cast<std::size_t>(other)] == 0) ::sched_yield();
            }
            for (const auto& pid : *all) {
              if (pid != 0 && pid != ::getpid()) ::kill(pid, SIGKILL);
            }
            ::raise(SIGKILL);
            return 0;
          },
          i));
    }
    for (const auto& future : futures) CHECK(loss_of(future.exception(30s)).signal == SIGKILL);
    CHECK(executor.submit(square, 4).result(30s) == 16);
  }
}

TEST_CASE("a crash after shutdown began fails its call, and waiting calls run") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto doomed = executor.submit([gate]() -> int { ::_exit(gate.wait() ? 3 : 4); });
  const auto queued = executor.submit(square, 5);
  executor.shutdown({.wait = false});
  gate.post();
  CHECK(loss_of(doomed.exception(30s)).exit_status == 3);
  CHECK(queued.result(30s) == 25);
}

TEST_CASE("a crash in a call that a callback made, while the callback waits for it") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  std::promise<std::exception_ptr> seen;
  executor.submit(square, 1).add_done_callback([&](const prun::Future<long>&) {
    seen.set_value(executor.submit(carry, Bomb{Fault::kill, Stage::run, false, ""}).exception());
  });
  auto error = seen.get_future();
  REQUIRE(error.wait_for(30s) == std::future_status::ready);
  CHECK(loss_of(error.get()).signal == SIGKILL);
}

TEST_CASE("a hundred calls while every ring is full, and then the workers die") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  const auto stuck = [gate]() -> int { ::_exit(gate.wait() ? 3 : 4); };
  const auto first = executor.submit(stuck);
  const auto second = executor.submit(stuck);
  std::vector<prun::Future<std::string>> futures;
  const std::string large(1'000'000, 'x');
  for (int i = 0; i < 100; ++i) futures.push_back(executor.submit([](std::string s) { return s; }, large));
  CHECK(!futures.back().done());
  gate.post(2);
  CHECK(loss_of(first.exception(30s)).exit_status == 3);
  CHECK(loss_of(second.exception(30s)).exit_status == 3);
  CHECK(std::all_of(futures.begin(), futures.end(), [&](const auto& f) { return f.result(30s) == large; }));
}

TEST_CASE("an idle worker that is killed is replaced, and no call is lost") {
  const Semaphore begun, go;
  prun::Pool pool{2};
  auto pids = pids_of_all(pool, begun.handle(), go.handle(), 2);
  const Witness witness({pids[0], pids[1]});
  for (const int pid : pids) ::kill(pid, SIGKILL);
  CHECK(witness.all_ended_within(30s));
  const auto fresh = pids_of_all(pool, begun.handle(), go.handle(), 2);
  for (const int pid : pids) CHECK(std::find(fresh.begin(), fresh.end(), pid) == fresh.end());
}
