// prun::AsyncResult: waiting, timeouts, callbacks.
#include "pool_support.hpp"

#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

template <class T>
T value_of(std::promise<T>& promise) {
  auto future = promise.get_future();
  REQUIRE(future.wait_for(30s) == std::future_status::ready);
  return future.get();
}

}  // namespace

TEST_CASE("get returns when the call has ended") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{1};
  const auto result = pool.apply_async([gate](long x) { return gate.wait() ? x : -1; }, 34);
  CHECK(!result.ready());
  CHECK_THROWS_AS(static_cast<void>(result.successful()), prun::MisuseError);
  gate.post();
  CHECK(result.get(30s) == 34);
  CHECK(result.ready());
  CHECK(result.successful());
  CHECK(result.get() == 34);
}

TEST_CASE("get and wait give up at about the timeout") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{1};
  const auto result = pool.apply_async([gate] { return gate.wait(); });
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(result.get(50ms), prun::TimeoutError);
  result.wait(50ms);
  const auto passed = std::chrono::steady_clock::now() - begin;
  CHECK(passed >= 100ms);
  CHECK(passed < 5s);
  CHECK_THROWS_AS(result.get(0ms), prun::TimeoutError);
  CHECK_THROWS_AS(result.get(-1ms), std::invalid_argument);
  CHECK_THROWS_AS(result.wait(-1ms), std::invalid_argument);
  gate.post();
  CHECK(result.get());
}

TEST_CASE("a failed call is ready and not successful") {
  prun::Pool pool{1};
  const auto result = pool.apply_async(even_or_throw, 1);
  result.wait();
  CHECK(result.ready());
  CHECK(!result.successful());
  CHECK_THROWS_WITH_AS(result.get(), "odd: 1", std::domain_error);
  CHECK_THROWS_AS(result.get(), std::domain_error);
}

TEST_CASE("a result may be waited for by many threads") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{2};
  const auto result = pool.apply_async([gate] { return gate.wait() ? 1 : 0; });
  std::vector<std::future<int>> waiting;
  for (int i = 0; i < 4; ++i) waiting.push_back(std::async(std::launch::async, [result] { return result.get(); }));
  gate.post();
  for (auto& one : waiting) CHECK(one.get() == 1);
}

TEST_CASE("a result arrives although no thread waits for it") {
  const Semaphore done;
  const Event ran = done.handle();
  prun::Pool pool{1};
  const auto result = pool.apply_async(square, 3);
  const auto later = pool.apply_async([ran] { ran.post(); });
  REQUIRE(ran.wait());
  while (!result.ready() || !later.ready()) std::this_thread::yield();
  CHECK(result.get(0ms) == 9);
}

TEST_CASE("a result arrives after a wait for it has timed out") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{1};
  const auto result = pool.apply_async([gate] { return gate.wait(); });
  CHECK_THROWS_AS(result.get(1ms), prun::TimeoutError);
  gate.post();
  while (!result.ready()) std::this_thread::yield();
  CHECK(result.get(0ms));
}

TEST_CASE("a thread of the pool calls the callbacks, however fast the call ends") {
  prun::Pool pool{1};
  for (int i = 0; i < 300; ++i) {
    std::vector<std::thread::id> called_in;
    const prun::AsyncCallbacks<long> callbacks{
        .callback = [&](long) { called_in.push_back(std::this_thread::get_id()); }};
    CHECK(pool.apply_async(callbacks, square, 7).get() == 49);
    const auto note = [&](const std::vector<long>&) { called_in.push_back(std::this_thread::get_id()); };
    CHECK(pool.map_async(square, std::vector{7}, {}, {.callback = note}).get() == std::vector{49L});
    CHECK(pool.map_async(square, std::vector<int>{}, {}, {.callback = note}).get().empty());
    REQUIRE(called_in.size() == 3);
    CHECK(std::count(called_in.begin(), called_in.end(), std::this_thread::get_id()) == 0);
  }
}

TEST_CASE("apply_async calls its callback with the result") {
  long called_with = 0;
  prun::Pool pool{1};
  const prun::AsyncCallbacks<long> callbacks{.callback = [&](long x) { called_with = x; },
                                             .error_callback = [](const std::exception_ptr&) { std::abort(); }};
  CHECK(pool.apply_async(callbacks, square, 7).get() == 49);
  CHECK(called_with == 49);
}

TEST_CASE("apply_async calls its error callback with the exception") {
  std::promise<std::exception_ptr> error;
  prun::Pool pool{1};
  const prun::AsyncCallbacks<int> callbacks{.callback = [](const int&) { std::abort(); },
                                            .error_callback = [&](const std::exception_ptr& e) { error.set_value(e); }};
  const auto result = pool.apply_async(callbacks, even_or_throw, 7);
  CHECK_THROWS_WITH_AS(std::rethrow_exception(value_of(error)), "odd: 7", std::domain_error);
}

TEST_CASE("a map's callback is called once, with the whole list") {
  std::vector<std::vector<long>> lists;
  {
    prun::Pool pool{2};
    const auto result = pool.map_async(square, std::vector{1, 2, 3}, {.chunksize = 1},
                                       {.callback = [&](const std::vector<long>& all) { lists.push_back(all); }});
    result.wait();
    pool.close();
    pool.join();
  }
  CHECK(lists == std::vector<std::vector<long>>{{1, 4, 9}});
}

TEST_CASE("a map's error callback is called once, with the first exception in the inputs' order") {
  std::vector<std::exception_ptr> errors;
  prun::Pool pool{2};
  const auto result = pool.map_async(even_or_throw, std::vector{0, 3, 1, 5}, {.chunksize = 1},
                                     {.error_callback = [&](const std::exception_ptr& e) { errors.push_back(e); }});
  CHECK_THROWS_WITH_AS(result.get(), "odd: 3", std::domain_error);
  pool.close();
  pool.join();
  REQUIRE(errors.size() == 1);
  CHECK_THROWS_WITH_AS(std::rethrow_exception(errors[0]), "odd: 3", std::domain_error);
}

TEST_CASE("the callbacks of a map of nothing and of a void map are called too") {
  int called = 0;
  prun::Pool pool{1};
  const auto empty =
      pool.map_async(square, std::vector<int>{}, {}, {.callback = [&](const std::vector<long>&) { ++called; }});
  empty.wait();
  CHECK(called == 1);
  const auto nothing = pool.map_async([](int) {}, std::vector{1, 2}, {}, {.callback = [&] { ++called; }});
  nothing.get();
  pool.close();
  pool.join();
  CHECK(called == 2);
}

TEST_CASE("a callback that throws is not taken for the call's error, and the next callbacks are called") {
  std::promise<int> called;
  bool error = false;
  prun::Pool pool{1};
  const prun::AsyncCallbacks<long> bad{.callback = [](const long&) { throw std::runtime_error("this is only a test"); },
                                       .error_callback = [&](const std::exception_ptr&) { error = true; }};
  const auto first = pool.apply_async(bad, square, 1);
  first.wait();
  const auto second =
      pool.apply_async(prun::AsyncCallbacks<long>{.callback = [&](const long&) { called.set_value(1); }}, square, 2);
  CHECK(value_of(called) == 1);
  CHECK(!error);
}

TEST_CASE("a callback may use the pool, and wait for its results") {
  std::promise<long> from_callback;
  prun::Pool pool{1};
  const auto result = pool.apply_async(
      prun::AsyncCallbacks<long>{.callback = [&](const long& x) { from_callback.set_value(pool.apply(square, x)); }},
      square, 3);
  CHECK(value_of(from_callback) == 81);
}

TEST_CASE("a callback may end the pool") {
  std::promise<int> called;
  prun::Pool pool{1};
  const prun::AsyncCallbacks<long> end{.callback = [&](const long&) {
    pool.terminate();
    called.set_value(1);
  }};
  const auto result = pool.apply_async(end, square, 3);
  CHECK(value_of(called) == 1);
  CHECK(result.get() == 9);
  CHECK_THROWS_AS(pool.apply(square, 1), prun::MisuseError);
}

TEST_CASE("results outlive their pool") {
  const auto result = prun::Pool{1}.apply_async(square, 3);
  const auto ended = [] {
    prun::Pool pool{1};
    auto x = pool.apply_async(square, 4);
    x.wait();
    return x;
  }();
  CHECK(ended.get() == 16);
  CHECK(result.ready());
}
