// prun::Future: its states, cancellation, callbacks. Over threads, where every step can be held up; processes share the
// code.
#include "pool_support.hpp"

#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

/// An executor of one worker that is busy until `release()`.
struct Busy {
  std::promise<void> go;
  std::promise<void> begun;
  prun::ThreadPoolExecutor executor{{.max_workers = 1}};
  prun::Future<int> blocker = executor.submit([this] {
    begun.set_value();
    go.get_future().wait();
    return 1;
  });
  Busy() { begun.get_future().wait(); }
  void release() { go.set_value(); }
};

}  // namespace

TEST_CASE("a future is pending, then running, then done") {
  Busy busy;
  const auto queued = busy.executor.submit(square, 3);
  CHECK(busy.blocker.running());
  CHECK(!busy.blocker.done());
  CHECK(!queued.running());
  CHECK(!queued.done());
  busy.release();
  CHECK(queued.result(30s) == 9);
  CHECK(queued.done());
  CHECK(!queued.running());
  CHECK(busy.blocker.done());
  CHECK(!busy.blocker.cancelled());
}

TEST_CASE("a pending call can be cancelled, even twice") {
  Busy busy;
  const auto queued = busy.executor.submit(square, 3);
  CHECK(queued.cancel());
  CHECK(queued.cancelled());
  CHECK(queued.done());
  CHECK(!queued.running());
  CHECK(queued.cancel());
  CHECK_THROWS_AS(queued.result(), prun::CancelledError);
  CHECK_THROWS_AS(queued.exception(), prun::CancelledError);
  busy.release();
}

TEST_CASE("a running or finished call cannot be cancelled") {
  Busy busy;
  CHECK(!busy.blocker.cancel());
  CHECK(!busy.blocker.cancelled());
  busy.release();
  CHECK(busy.blocker.result() == 1);
  CHECK(!busy.blocker.cancel());
  CHECK(busy.blocker.result() == 1);
}

TEST_CASE("cancel immediately wakes threads that wait for the call") {
  Busy busy;
  const auto queued = busy.executor.submit(square, 3);
  std::vector<std::future<bool>> waiting;
  std::promise<void> one_waits;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::async(std::launch::async, [queued, &one_waits, i] {
      if (i == 0) one_waits.set_value();
      try {
        return queued.result() < 0;
      } catch (const prun::CancelledError&) {
        return true;
      }
    }));
  }
  one_waits.get_future().wait();
  CHECK_THROWS_AS(queued.result(20ms), prun::TimeoutError);
  CHECK(queued.cancel());
  for (auto& one : waiting) {
    REQUIRE(one.wait_for(30s) == std::future_status::ready);
    CHECK(one.get());
  }
  busy.release();
}

TEST_CASE("result and exception: the value, what was thrown, the timeout") {
  Busy busy;
  const auto fine = busy.executor.submit(even_or_throw, 2);
  const auto bad = busy.executor.submit(even_or_throw, 3);
  CHECK_THROWS_AS(fine.result(1ms), prun::TimeoutError);
  CHECK_THROWS_AS(fine.exception(0ms), prun::TimeoutError);
  CHECK_THROWS_AS(fine.result(-1ms), std::invalid_argument);
  busy.release();
  CHECK(fine.result() == 2);
  CHECK(fine.exception() == nullptr);
  CHECK_THROWS_WITH_AS(bad.result(), "odd: 3", std::domain_error);
  CHECK_THROWS_WITH_AS(std::rethrow_exception(bad.exception()), "odd: 3", std::domain_error);
}

TEST_CASE("callbacks are called once, in the order added, with the future") {
  Busy busy;
  std::vector<int> order;
  std::promise<void> all;
  for (int i = 0; i < 5; ++i) {
    busy.blocker.add_done_callback([&order, i](const prun::Future<int>& f) {
      if (f.done() && f.result() == 1) order.push_back(i);
    });
  }
  busy.blocker.add_done_callback([&](const auto&) { all.set_value(); });
  CHECK(order.empty());
  busy.release();
  all.get_future().wait();
  busy.executor.shutdown();
  CHECK(order == std::vector{0, 1, 2, 3, 4});
}

TEST_CASE("callbacks are called on an exception, on cancel, and immediately if the call has ended") {
  Busy busy;
  std::atomic<int> failed = 0;
  std::atomic<int> cancelled = 0;
  const auto bad = busy.executor.submit(even_or_throw, 1);
  bad.add_done_callback([&](const auto& f) { failed += f.exception() ? 1 : 0; });
  const auto withdrawn = busy.executor.submit(square, 1);
  withdrawn.add_done_callback([&](const auto& f) { cancelled += f.cancelled() ? 1 : 0; });
  withdrawn.cancel();
  busy.release();
  busy.executor.shutdown();
  CHECK(failed == 1);
  CHECK(cancelled == 1);
  bool at_once = false;
  withdrawn.add_done_callback([&](const auto&) { at_once = true; });
  CHECK(at_once);
}

TEST_CASE("a callback that throws is reported, and the next still runs") {
  Busy busy;
  std::atomic<int> called = 0;
  busy.blocker.add_done_callback([](const auto&) { throw std::runtime_error("this is only a test"); });
  busy.blocker.add_done_callback([](const auto&) { throw 7; });
  busy.blocker.add_done_callback([&](const auto&) { ++called; });
  busy.release();
  busy.executor.shutdown();
  CHECK(called == 1);
  CHECK_NOTHROW(busy.blocker.add_done_callback([](const auto&) { throw std::runtime_error("this is only a test"); }));
}

TEST_CASE("a callback is called although an earlier wait has timed out") {
  Busy busy;
  std::promise<void> called;
  busy.blocker.add_done_callback([&](const auto&) { called.set_value(); });
  CHECK_THROWS_AS(busy.blocker.result(1ms), prun::TimeoutError);
  busy.release();
  CHECK(called.get_future().wait_for(30s) == std::future_status::ready);
}

TEST_CASE("a callback may submit, wait and add callbacks") {
  prun::ThreadPoolExecutor executor{{.max_workers = 1}};
  std::promise<long> last;
  executor.submit(square, 2).add_done_callback([&](const prun::Future<long>& first) {
    const auto second = executor.submit(square, first.result());
    const long x = second.result();
    second.add_done_callback([&, x](const prun::Future<long>& f) { last.set_value(f.result() + x); });
  });
  CHECK(last.get_future().get() == 32);
}

TEST_CASE("a callback may shut the executor down") {
  std::promise<void> called;
  prun::ThreadPoolExecutor executor{{.max_workers = 1}};
  executor.submit(square, 2).add_done_callback([&](const auto&) {
    executor.shutdown();
    called.set_value();
  });
  called.get_future().wait();
  CHECK_THROWS_AS(executor.submit(square, 1), prun::MisuseError);
}

TEST_CASE("a callback may be the last to hold the executor") {
  std::promise<void> ended;
  auto executor = std::make_shared<prun::ThreadPoolExecutor>(prun::ExecutorOptions{.max_workers = 1});
  const auto future = executor->submit(square, 2);
  future.add_done_callback([executor, &ended](const auto&) mutable {
    executor.reset();
    ended.set_value();
  });
  executor.reset();
  CHECK(ended.get_future().wait_for(30s) == std::future_status::ready);
  CHECK(future.result() == 4);
}

TEST_CASE("futures are handles: copies share the call, and outlive the executor") {
  const auto future = [] {
    prun::ThreadPoolExecutor executor{{.max_workers = 1}};
    const auto first = executor.submit(square, 3);
    const auto copy = first;
    CHECK(copy == first);
    CHECK(!(copy == executor.submit(square, 3)));
    return copy;
  }();
  CHECK(future.done());
  CHECK(future.result() == 9);
  CHECK(!future.cancel());
  bool called = false;
  future.add_done_callback([&](const auto&) { called = true; });
  CHECK(called);
}

TEST_CASE("submitting and cancelling from many threads settles every call once") {
  prun::ThreadPoolExecutor executor{{.max_workers = 2}};
  std::atomic<int> ended = 0;
  std::atomic<int> ran = 0;
  std::atomic<int> withdrawn = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto future = executor.submit([&ran] { ++ran; });
        future.add_done_callback([&](const auto&) { ++ended; });
        if (i % 2 == 0 && future.cancel()) ++withdrawn;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  executor.shutdown();
  CHECK(ended == 800);
  CHECK(ran + withdrawn == 800);
}
