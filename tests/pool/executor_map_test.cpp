// ProcessPoolExecutor::map: several inputs, errors on the way, the timeout, the buffer.
#include "pool_support.hpp"

#include <prun/executor.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <list>
#include <ranges>
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

/// 0, 1, 2, ..., counting how many have been read, and throwing at `bad`.
auto counted(int& read, int bad = -1) {
  return std::views::iota(0) | std::views::transform([&read, bad](int x) {
           if (x == bad) throw std::length_error("input " + std::to_string(x));
           ++read;
           return x;
         });
}

}  // namespace

TEST_CASE("map gives results in order, as the inputs come") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  CHECK(collected(executor.map(square, std::vector{1, 2, 3})) == std::vector<long>{1, 4, 9});
  CHECK(collected(executor.map(square, std::views::iota(0, 4), {.chunksize = 3})) == std::vector<long>{0, 1, 4, 9});
  CHECK(collected(executor.map(square, std::list<int>{})).empty());
}

TEST_CASE("map over several inputs ends with the shortest") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  CHECK(collected(executor.map(add, std::vector{1, 2, 3}, std::list{10, 20})) == std::vector<long>{11, 22});
  CHECK(collected(executor.map(add, std::views::iota(1), std::vector{10, 20, 30}, {.chunksize = 2})) ==
        std::vector<long>{11, 22, 33});
  const auto join = [](int n, const std::string& s, char c) { return std::to_string(n) + s + c; };
  CHECK(collected(executor.map(join, std::vector{1, 2}, std::vector<std::string>{"a", "b"}, std::string("xyz"))) ==
        std::vector<std::string>{"1ax", "2by"});
}

TEST_CASE("a stream continues after the exception of a call, even inside a chunk") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (const int chunksize : {1, 2, 5}) {
    CAPTURE(chunksize);
    auto results = executor.map(even_or_throw, std::vector{0, 1, 2, 3, 4}, {.chunksize = chunksize});
    CHECK(results.next() == 0);
    CHECK_THROWS_WITH_AS(results.next(), "odd: 1", std::domain_error);
    CHECK(results.next() == 2);
    CHECK_THROWS_WITH_AS(results.next(), "odd: 3", std::domain_error);
    CHECK(results.next() == 4);
    CHECK(!results.next());
  }
}

TEST_CASE("iterators continue after an exception as next() does") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  auto results = executor.map(even_or_throw, std::vector{1, 2});
  auto it = results.begin();
  REQUIRE(it != results.end());
  CHECK_THROWS_AS(*it, std::domain_error);
  CHECK_THROWS_AS(*it, std::domain_error);
  ++it;
  REQUIRE(it != results.end());
  CHECK(*it == 2);
  ++it;
  CHECK(it == results.end());
}

TEST_CASE("a call's own TimeoutError is not the map's timeout") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto give_up = [](int x) {
    if (x == 0) throw prun::TimeoutError("the task's own");
    return x;
  };
  auto results = executor.map(give_up, std::vector{0, 1}, {.timeout = 30s});
  CHECK_THROWS_WITH_AS(results.next(), "the task's own", prun::TimeoutError);
  CHECK(results.next() == 1);
}

TEST_CASE("the timeout of a map throws TimeoutError and cancels calls that have not begun") {
  const Semaphore go, began;
  const Shared<std::atomic<int>> begun;
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  auto results = executor.map(
      [gate = go.handle(), told = began.handle(), count = begun.get()](int x) {
        ++*count;
        told.post();
        return x != 0 && !gate.wait() ? -1 : x;
      },
      std::vector{0, 1, 2, 3}, {.timeout = 300ms});
  CHECK(results.next() == 0);
  CHECK_THROWS_AS(results.next(), prun::TimeoutError);
  go.handle().post();
  executor.shutdown();
  CHECK(*begun <= 2);
}

TEST_CASE("a timeout of zero, or a negative one") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto wait = [gate](int x) { return gate.wait() ? x : -1; };
  auto results = executor.map(wait, std::vector{1}, {.timeout = 0s});
  CHECK_THROWS_AS(results.next(), prun::TimeoutError);
  CHECK_THROWS_AS(executor.map(wait, std::vector{1}, {.timeout = -1s}), std::invalid_argument);
  gate.post();
}

TEST_CASE("buffersize: exactly that many inputs are read before the first result is taken") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (const int buffersize : {1, 3, 100}) {
    CAPTURE(buffersize);
    int read = 0;
    auto results = executor.map(square, counted(read), {.buffersize = buffersize});
    CHECK(read == buffersize);
    CHECK(results.next() == 0);
    CHECK(read == buffersize + 1);
    CHECK(results.next() == 1);
    CHECK(read == buffersize + 2);
  }
}

TEST_CASE("buffersize with chunks, several inputs, endless and empty ones") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  int left = 0;
  int right = 0;
  auto sums = executor.map(add, counted(left), counted(right), {.chunksize = 2, .buffersize = 4});
  CHECK(left == 4);
  CHECK(right == 4);
  for (long i = 0; i < 50; ++i) CHECK(sums.next() == 2 * i);
  CHECK(left == 54);
  CHECK(collected(executor.map(square, std::vector<int>{}, {.buffersize = 4})).empty());
  CHECK(collected(executor.map(square, std::vector{1, 2}, {.buffersize = 1000})) == std::vector<long>{1, 4});
  CHECK(executor.map(square, std::views::iota(1), {.buffersize = 2}).next() == 1);
}

TEST_CASE("an input that throws at once: map throws it, and the executor stays usable") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  for (int twice = 0; twice < 2; ++twice) {
    int read = 0;
    auto results = executor.map(square, counted(read, 0));
    CHECK_THROWS_WITH_AS(results.next(), "input 0", std::length_error);
    CHECK(!results.next());
    CHECK(executor.submit(square, 3).result() == 9);
  }
}

TEST_CASE("an input that throws later: earlier results are returned first") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (const int chunksize : {1, 4}) {
    int read = 0;
    auto results = executor.map(square, counted(read, 3), {.chunksize = chunksize});
    for (const long expected : {0, 1, 4}) CHECK(results.next() == expected);
    CHECK_THROWS_WITH_AS(results.next(), "input 3", std::length_error);
    CHECK(!results.next());
  }
}

TEST_CASE("a destroyed stream cancels calls that have not begun") {
  const Semaphore go, began;
  const Shared<std::atomic<int>> begun;
  const Event told = began.handle();
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  {
    const auto results = executor.map(
        [gate = go.handle(), told, count = begun.get()](int) {
          ++*count;
          told.post();
          return gate.wait();
        },
        std::views::iota(0, 500));
    REQUIRE(told.wait());
  }
  go.handle().post();
  executor.shutdown();
  CHECK(*begun == 1);
}

TEST_CASE("a stream continues after shutdown, and map is refused") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  int read = 0;
  auto results = executor.map(square, counted(read) | std::views::take(20), {.buffersize = 5});
  executor.shutdown({.wait = false});
  CHECK_THROWS_AS(executor.map(square, std::vector{1}), prun::MisuseError);
  CHECK(results.next() == 0);
}
