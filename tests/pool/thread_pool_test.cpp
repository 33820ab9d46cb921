// prun::ThreadPool and ThreadPoolExecutor: the same interface, with what threads allow beside.
#include "pool_support.hpp"

#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
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

/// An exception with more to it than a message.
struct Detailed : std::runtime_error {
  explicit Detailed(int c) : std::runtime_error("detailed"), code(c) {}
  int code;
};

struct Counted {
  static inline std::atomic<int> alive = 0;
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
};

}  // namespace

TEST_CASE("a thread pool returns the results of a loop in every mode") {
  prun::ThreadPool pool{2};
  const std::vector<int> inputs{1, 2, 3, 4, 5};
  const std::vector<long> expected{1, 4, 9, 16, 25};
  for (const int chunksize : {1, 2, 5}) {
    CHECK(pool.map(square, inputs, {.chunksize = chunksize}) == expected);
    CHECK(collected(pool.imap(square, inputs, {.chunksize = chunksize})) == expected);
    auto unordered = collected(pool.imap_unordered(square, inputs, {.chunksize = chunksize}));
    std::sort(unordered.begin(), unordered.end());
    CHECK(unordered == expected);
  }
  CHECK(pool.map(square, std::views::iota(1, 6)) == expected);
  CHECK(pool.map_async(square, inputs).get() == expected);
  CHECK(pool.starmap(add, std::vector<std::pair<int, int>>{{1, 2}}) == std::vector<long>{3});
  CHECK(pool.apply(add, 1, 2) == 3);
  CHECK(pool.map(square, std::vector<int>{}).empty());
}

TEST_CASE("threads share the program's memory, and callables may hold anything") {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const std::string prefix = "number ";
  prun::ThreadPool pool{2};
  const std::function<std::string(int)> describe = [&, prefix](int x) {
    const std::lock_guard guard(mutex);
    threads.insert(std::this_thread::get_id());
    return prefix + std::to_string(x);
  };
  CHECK(pool.map(describe, std::vector{1, 2}) == std::vector<std::string>{"number 1", "number 2"});
  CHECK(!threads.contains(std::this_thread::get_id()));
  int counter = 0;
  pool.apply([](int& x) { ++x; }, std::ref(counter));
  CHECK(counter == 1);
}

TEST_CASE("move-only types can be arguments and results of threads") {
  prun::ThreadPool pool{2};
  const auto wrap = [](int x) { return std::make_unique<int>(x); };
  const auto unwrap = [](std::unique_ptr<int> p) { return *p; };
  std::vector<std::unique_ptr<int>> made = pool.map(wrap, std::vector{1, 2, 3});
  CHECK(*made.at(2) == 3);
  CHECK(pool.map(unwrap, std::move(made)) == std::vector{1, 2, 3});
  CHECK(pool.map_async(unwrap, pool.map(wrap, std::vector{4, 5})).get() == std::vector{4, 5});
  CHECK(pool.apply(unwrap, std::make_unique<int>(6)) == 6);
  CHECK(*pool.apply(wrap, 7) == 7);
  for (const auto& p : pool.imap(wrap, std::vector{8})) CHECK(*p == 8);
}

TEST_CASE("a result that cannot be copied can be taken once") {
  prun::ThreadPoolExecutor executor{{.max_workers = 1}};
  const auto future = executor.submit([] { return std::make_unique<int>(1); });
  CHECK(future.exception() == nullptr);
  CHECK(*future.result() == 1);
  CHECK_THROWS_AS(future.result(), prun::MisuseError);
}

TEST_CASE("exceptions are rethrown unchanged") {
  prun::ThreadPool pool{1};
  const auto fail = [](int x) -> int { throw Detailed(x); };
  try {
    pool.apply(fail, 42);
    FAIL("no exception");
  } catch (const Detailed& e) {
    CHECK(e.code == 42);
  }
  auto results = pool.imap(even_or_throw, std::vector{1, 2}, {.chunksize = 2});
  CHECK_THROWS_AS(results.next(), std::domain_error);
  CHECK(results.next() == 2);
  CHECK_THROWS_AS(pool.map(even_or_throw, std::vector{2, 1, 4}), std::domain_error);
}

TEST_CASE("arguments, callables and results are released once used") {
  std::weak_ptr<int> argument;
  std::weak_ptr<int> captured;
  std::weak_ptr<int> result;
  prun::ThreadPool pool{2};
  {
    auto in = std::make_shared<int>(1);
    auto own = std::make_shared<int>(2);
    argument = in;
    captured = own;
    const auto out =
        pool.apply([own = std::move(own)](const std::shared_ptr<int>& x) { return std::make_shared<int>(*x + *own); },
                   std::move(in));
    result = out;
    CHECK(*out == 3);
  }
  CHECK(argument.expired());
  CHECK(captured.expired());
  CHECK(result.expired());
}

TEST_CASE("a map holds its inputs no longer than it runs") {
  prun::ThreadPool pool{2};
  const auto work = [](const Counted&) { return 1; };
  const auto all = pool.map_async(work, std::vector<Counted>(100), {.chunksize = 3});
  all.wait();
  CHECK(Counted::alive == 0);
  CHECK(pool.map(work, std::vector<Counted>(100)).size() == 100);
  CHECK(collected(pool.imap(work, std::vector<Counted>(100), {.chunksize = 9})).size() == 100);
  CHECK(Counted::alive == 0);
}

TEST_CASE("calls that never ran are released too") {
  {
    std::promise<void> go;
    std::promise<void> begun;
    prun::ThreadPool pool{1};
    const auto blocker = pool.apply_async([&] {
      begun.set_value();
      go.get_future().wait();
    });
    begun.get_future().wait();
    const auto work = [](const Counted& x) { return x; };
    const auto map = pool.map_async(work, std::vector<Counted>(100), {.chunksize = 7});
    const auto call = pool.apply_async(work, Counted());
    { const auto dropped = pool.imap(work, std::vector<Counted>(50), {.chunksize = 4}); }
    go.set_value();
    pool.terminate();
  }
  CHECK(Counted::alive == 0);
}

TEST_CASE("terminate waits for the running call only, and cancels the rest") {
  std::promise<void> go;
  std::promise<void> begun;
  std::atomic<int> ran = 0;
  prun::ThreadPool pool{1};
  const auto blocker = pool.apply_async([&] {
    begun.set_value();
    go.get_future().wait();
  });
  const auto queued = pool.map_async([&](int) { return ++ran; }, std::vector<int>(10'000), {.chunksize = 1});
  begun.get_future().wait();
  auto ending = std::async(std::launch::async, [&pool] { pool.terminate(); });
  CHECK_THROWS_AS(queued.get(), prun::CancelledError);
  go.set_value();
  ending.get();
  CHECK(ran == 0);
  CHECK(blocker.ready());
}

TEST_CASE("terminate does not run the rest of a chunk, and releases its arguments") {
  std::promise<void> go;
  std::promise<void> begun;
  std::atomic<int> ran = 0;
  {
    prun::ThreadPool pool{1};
    const auto chunk = pool.map_async(
        [&](const Counted&) {
          if (++ran > 1) return;
          begun.set_value();
          go.get_future().wait();
        },
        std::vector<Counted>(1000), {.chunksize = 1000});
    begun.get_future().wait();
    const auto queued = pool.apply_async(square, 1);
    auto ending = std::async(std::launch::async, [&pool] { pool.terminate(); });
    CHECK_THROWS_AS(queued.get(), prun::CancelledError);
    go.set_value();
    ending.get();
    CHECK_THROWS_AS(chunk.get(), prun::CancelledError);
  }
  CHECK(ran == 1);
  CHECK(Counted::alive == 0);
}

TEST_CASE("a call may use its own pool, while another worker is free") {
  prun::ThreadPool pool{2};
  CHECK(pool.apply([&pool](int x) { return pool.apply(square, x) + 1; }, 4) == 17);
  prun::ThreadPoolExecutor executor{{.max_workers = 2}};
  const auto outer = executor.submit([&executor] { return executor.submit(square, 5).result(); });
  CHECK(outer.result(30s) == 25);
}

TEST_CASE("close and join finish everything, then the pool takes no more") {
  std::atomic<int> ran = 0;
  prun::ThreadPool pool{2};
  const auto all = pool.map_async([&](int) { return ++ran; }, std::vector<int>(1000), {.chunksize = 1});
  pool.close();
  pool.join();
  CHECK(ran == 1000);
  CHECK(all.ready());
  CHECK_THROWS_AS(pool.apply(square, 1), prun::MisuseError);
}

TEST_CASE("an initializer runs in each thread, one that throws breaks the pool") {
  std::atomic<int> runs = 0;
  {
    prun::ThreadPool pool{3, {.initializer = [&] { ++runs; }}};
    CHECK(pool.apply(square, 2) == 4);
    pool.close();
    pool.join();
  }
  CHECK(runs == 3);
  prun::ThreadPool broken{2, {.initializer = [] { throw std::runtime_error("no such model"); }}};
  CHECK_THROWS_WITH_AS(broken.map(square, std::vector{1, 2}), doctest::Contains("no such model"),
                       prun::BrokenPoolError);
}

TEST_CASE("options that only processes have are refused") {
  CHECK_THROWS_AS((prun::ThreadPool{1, {.max_tasks_per_child = 5}}), std::invalid_argument);
  CHECK_THROWS_AS(prun::ThreadPool{0}, std::invalid_argument);
}

TEST_CASE("never more threads than the maximum, started as they are needed") {
  prun::ThreadPoolExecutor executor{{.max_workers = 3}};
  for (int i = 0; i < 10; ++i) CHECK(executor.submit(square, i).result() == long{i} * i);
  CHECK(executor.worker_pids().size() == 1);
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  std::vector<prun::Future<void>> futures;
  for (int i = 0; i < 100; ++i) {
    futures.push_back(executor.submit([&] {
      const int here = ++now;
      for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
      }
      std::this_thread::yield();
      --now;
    }));
  }
  prun::wait(futures);
  CHECK(most <= 3);
}

TEST_CASE("an executor's map over threads, with a buffer and an endless input") {
  prun::ThreadPoolExecutor executor{{.max_workers = 2}};
  int read = 0;
  auto inputs = std::views::iota(0) | std::views::transform([&read](int x) { return ++read, x; });
  auto results = executor.map(square, inputs, {.buffersize = 3});
  CHECK(read == 3);
  for (long i = 0; i < 1000; ++i) CHECK(results.next() == i * i);
  CHECK(read == 1003);
}

TEST_CASE("an argument that throws while it is copied is that call's error") {
  struct Bad {
    Bad() = default;
    Bad(const Bad&) { throw std::runtime_error("no copies"); }
  };
  prun::ThreadPool pool{1};
  const std::vector<Bad> inputs(3);
  CHECK_THROWS_WITH_AS(pool.map([](Bad) { return 1; }, inputs), "no copies", std::runtime_error);
  CHECK(pool.map([](const Bad&) { return 1; }, inputs) == std::vector{1, 1, 1});
  CHECK(pool.apply(square, 2) == 4);
}
