// prun::Pool: apply, map, starmap, imap and imap_unordered over processes give what a loop gives.
#include "pool_support.hpp"

#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <forward_list>
#include <list>
#include <numeric>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

std::vector<long> numbers(long count) {
  std::vector<long> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<long> squares(long count) {
  std::vector<long> all = numbers(count);
  std::transform(all.begin(), all.end(), all.begin(), square);
  return all;
}

template <class Stream>
auto collected(Stream&& stream) {
  std::vector<std::ranges::range_value_t<Stream>> all;
  for (auto&& x : stream) all.push_back(std::move(x));
  return all;
}

template <class T>
std::vector<T> sorted(std::vector<T> all) {
  std::sort(all.begin(), all.end());
  return all;
}

struct Scaled {
  int factor;
  long offset;
  long operator()(long x) const { return x * factor + offset; }
};

}  // namespace

TEST_CASE("apply returns what the function returns") {
  prun::Pool pool{2};
  CHECK(pool.apply(square, 5) == 25);
  CHECK(pool.apply(add, 2, 3L) == 5);
  CHECK(pool.apply([] { return 7; }) == 7);
  CHECK(pool.apply([](std::string a, const std::string& b) { return a + b; }, "to", "gether") == "together");
}

TEST_CASE("map equals the loop with any chunk size") {
  prun::Pool pool{2};
  const auto inputs = numbers(39);
  CHECK(pool.map(square, inputs) == squares(39));
  for (const int chunksize : {1, 2, 3, 13, 38, 39, 40, 1000}) {
    CAPTURE(chunksize);
    CHECK(pool.map(square, inputs, {.chunksize = chunksize}) == squares(39));
    CHECK(pool.map(square, std::views::iota(0L, 39L), {.chunksize = chunksize}) == squares(39));
  }
}

TEST_CASE("the async forms of map and starmap equal the loop") {
  prun::Pool pool{2};
  CHECK(pool.map_async(square, numbers(100)).get() == squares(100));
  CHECK(pool.map_async(square, numbers(100), {.chunksize = 7}).get() == squares(100));
  CHECK(pool.map_async(square, std::views::iota(0, 100)).get() == squares(100));
  const std::vector<std::pair<int, int>> pairs{{1, 2}, {3, 4}, {5, 6}};
  CHECK(pool.starmap_async(add, pairs).get() == std::vector<long>{3, 7, 11});
}

TEST_CASE("starmap unpacks tuples, pairs and arrays") {
  prun::Pool pool{2};
  CHECK(pool.starmap(add, std::vector<std::tuple<int, int>>{{0, 0}, {2, 4}}) == std::vector<long>{0, 6});
  CHECK(pool.starmap(add, std::vector<std::pair<int, long>>{{1, 2}}) == std::vector<long>{3});
  CHECK(pool.starmap(add, std::vector<std::array<int, 2>>{{3, 4}, {5, 6}}, {.chunksize = 2}) ==
        std::vector<long>{7, 11});
}

TEST_CASE("imap gives the results in the order of the inputs") {
  prun::Pool pool{2};
  const auto inputs = numbers(1000);
  CHECK(collected(pool.imap(square, inputs)) == squares(1000));
  CHECK(collected(pool.imap(square, inputs, {.chunksize = 7})) == squares(1000));
  CHECK(collected(pool.imap(square, std::views::iota(0L, 1000L), {.chunksize = 64})) == squares(1000));
}

TEST_CASE("imap_unordered gives a permutation") {
  prun::Pool pool{2};
  const auto inputs = numbers(1000);
  CHECK(sorted(collected(pool.imap_unordered(square, inputs))) == squares(1000));
  CHECK(sorted(collected(pool.imap_unordered(square, inputs, {.chunksize = 53}))) == squares(1000));
  CHECK(sorted(collected(pool.imap_unordered(square, std::views::iota(0L, 1000L)))) == squares(1000));
}

TEST_CASE("imap_unordered hands out a later result while an earlier call runs") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{2};
  auto results = pool.imap_unordered([gate](int x) { return x == 0 && !gate.wait() ? -1 : x; }, std::vector{0, 1});
  CHECK(results.next() == 1);
  gate.post();
  CHECK(results.next() == 0);
  CHECK(!results.next());
}

TEST_CASE("empty inputs give empty results in every mode") {
  prun::Pool pool{2};
  const std::vector<long> none;
  CHECK(pool.map(square, none).empty());
  CHECK(pool.map(square, std::views::iota(0, 0)).empty());
  CHECK(pool.map_async(square, none).get().empty());
  CHECK(pool.starmap(add, std::vector<std::tuple<int, int>>{}).empty());
  CHECK(collected(pool.imap(square, none)).empty());
  CHECK(collected(pool.imap(square, std::views::iota(5, 5))).empty());
  CHECK(collected(pool.imap_unordered(square, none)).empty());
}

TEST_CASE("an exhausted stream stays exhausted") {
  prun::Pool pool{1};
  auto results = pool.imap(square, std::vector{3});
  CHECK(results.next() == 9);
  for (int i = 0; i < 3; ++i) CHECK(!results.next());
  CHECK(results.begin() == results.end());
}

TEST_CASE("numbers of workers, chunk sizes and the like below 1 are refused") {
  CHECK_THROWS_WITH_AS(prun::Pool{0}, "the number of workers must be at least 1, not 0", std::invalid_argument);
  CHECK_THROWS_AS(prun::Pool{-1}, std::invalid_argument);
  CHECK_THROWS_AS((prun::Pool{1, {.max_tasks_per_child = 0}}), std::invalid_argument);
  prun::Pool pool{1};
  for (const int bad : {0, -1}) {
    CHECK_THROWS_AS(pool.map(square, numbers(3), {.chunksize = bad}), std::invalid_argument);
    CHECK_THROWS_AS(pool.map_async(square, numbers(3), {.chunksize = bad}), std::invalid_argument);
    CHECK_THROWS_AS(pool.imap(square, numbers(3), {.chunksize = bad}), std::invalid_argument);
    CHECK_THROWS_AS(pool.imap(square, numbers(3), {.buffersize = bad}), std::invalid_argument);
  }
  CHECK(pool.apply(square, 2) == 4);
}

TEST_CASE("a pool of three has three workers, other processes than this one") {
  const Semaphore begun, go;
  prun::Pool pool{3};
  CHECK(pool.processes() == 3);
  const auto pids = pids_of_all(pool, begun.handle(), go.handle(), 3);
  const std::set<int> distinct(pids.begin(), pids.end());
  CHECK(distinct.size() == 3);
  CHECK(!distinct.contains(::getpid()));
  CHECK(sorted(pool.worker_pids()) == std::vector<std::int32_t>(distinct.begin(), distinct.end()));
}

TEST_CASE("callables: functions, lambdas, captures of numbers, members") {
  prun::Pool pool{2};
  const std::vector<long> inputs{1, 2, 3};
  const int factor = 10;
  CHECK(pool.map([factor](long x) { return x * factor; }, inputs) == std::vector<long>{10, 20, 30});
  CHECK(pool.map(Scaled{2, 1}, inputs) == std::vector<long>{3, 5, 7});
  CHECK(pool.map(&std::string::size, std::vector<std::string>{"a", "bcd"}) == std::vector<std::size_t>{1, 3});
  CHECK(pool.map([](const std::string& s) -> const std::string& { return s; }, std::vector<std::string>{"x"}) ==
        std::vector<std::string>{"x"});
}

TEST_CASE("ranges of every kind may be mapped") {
  prun::Pool pool{2};
  const std::vector<long> expected{1, 4, 9};
  CHECK(pool.map(square, std::list<int>{1, 2, 3}) == expected);
  CHECK(pool.map(square, std::set<short>{3, 1, 2}) == expected);
  CHECK(pool.map(square, std::forward_list<std::uint8_t>{1, 2, 3}) == expected);
  const std::array<std::int64_t, 3> constant{1, 2, 3};
  CHECK(pool.map(square, constant) == expected);
  CHECK(pool.map(square, std::span(constant)) == expected);
  CHECK(pool.map(square, constant | std::views::transform([](long x) { return -x; })) == expected);
  CHECK(pool.map([](bool b) { return !b; }, std::vector<bool>{true, false, true}) ==
        std::vector<bool>{false, true, false});
  const std::array words{"one", "three"};
  CHECK(pool.map([](const std::string& s) { return s.size(); }, words) == std::vector<std::size_t>{3, 5});
}

TEST_CASE("ranges that can be read once may be mapped, at once or lazily") {
  prun::Pool pool{2};
  std::istringstream first("1 2 3");
  CHECK(pool.map(square, std::ranges::istream_view<int>(first)) == std::vector<long>{1, 4, 9});
  std::istringstream second("1 2 3");
  CHECK(collected(pool.imap(square, std::ranges::istream_view<int>(second))) == std::vector<long>{1, 4, 9});
  CHECK(collected(pool.imap(square, std::list<int>{4, 5})) == std::vector<long>{16, 25});
  const std::list<int> constant{6};
  CHECK(collected(pool.imap(square, constant)) == std::vector<long>{36});
}

TEST_CASE("integers of every width keep their values") {
  prun::Pool pool{2};
  const auto same = [](auto x) { return x; };
  const auto whole = [&]<class T>(T low, T high) {
    const std::vector<T> inputs{low, high};
    CHECK(pool.map(same, inputs) == inputs);
    const auto around = std::views::iota(static_cast<T>(high - 2), high);
    CHECK(pool.map(same, around) == std::vector<T>{static_cast<T>(high - 2), static_cast<T>(high - 1)});
  };
  whole(INT8_MIN, INT8_MAX);
  whole(INT16_MIN, INT16_MAX);
  whole(INT32_MIN, INT32_MAX);
  whole(INT64_MIN, INT64_MAX);
  whole(std::uint32_t{0}, UINT32_MAX);
  whole(std::uint64_t{0}, UINT64_MAX);
}

TEST_CASE("functions without a result may be mapped and applied") {
  const Shared<std::atomic<int>> sum;
  prun::Pool pool{2};
  const auto count = [total = sum.get()](int x) { total->fetch_add(x); };
  pool.map(count, std::vector{1, 2, 3});
  pool.apply(count, 4);
  pool.map_async(count, std::vector{5, 6}).get();
  CHECK(*sum == 21);
}

TEST_CASE("functions may return bool") {
  prun::Pool pool{2};
  const auto odd = [](int x) { return x % 2 != 0; };
  CHECK(pool.map(odd, std::vector{1, 2, 3}) == std::vector<bool>{true, false, true});
  CHECK(collected(pool.imap(odd, std::vector{1, 2})) == std::vector<bool>{true, false});
  CHECK(pool.apply(odd, 1));
}

TEST_CASE("imap over an endless input reads a window ahead and no further") {
  prun::Pool pool{2};
  long expected = 1;
  for (const long x : pool.imap(square, std::views::iota(1L))) {
    REQUIRE(x == expected * expected);
    if (++expected > 5000) break;
  }
  long read = 0;
  auto inputs = std::views::iota(0L) | std::views::transform([&read](long x) { return ++read, x; });
  auto results = pool.imap(square, inputs);
  for (int i = 0; i < 100; ++i) static_cast<void>(results.next());
  CHECK(read <= 2 * 4096 + 100);  // a window in flight, a window waiting to be taken
}

TEST_CASE("a stream of results is an input range") {
  prun::Pool pool{2};
  auto results = pool.imap(square, std::views::iota(1L));
  static_assert(std::ranges::input_range<decltype(results)>);
  CHECK(collected(std::move(results) | std::views::take(3)) == std::vector<long>{1, 4, 9});
}

TEST_CASE("stopping early waits for nothing") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{1};
  auto results = pool.imap([gate](int x) { return x == 1 && !gate.wait() ? -1 : x; }, std::vector{0, 1});
  CHECK(collected(std::move(results) | std::views::take(1)) == std::vector{0});
}

TEST_CASE("next() with a timeout throws TimeoutError, and the result can be taken later") {
  const Semaphore go;
  const Event gate = go.handle();
  prun::Pool pool{1};
  auto results = pool.imap([gate](int x) { return gate.wait() ? x : -1; }, std::vector{8});
  CHECK_THROWS_AS(results.next(std::chrono::milliseconds(1)), prun::TimeoutError);
  CHECK_THROWS_AS(results.next(std::chrono::nanoseconds(-1)), std::invalid_argument);
  gate.post();
  CHECK(results.next() == 8);
  CHECK(!results.next());
}

TEST_CASE("a function knows its task: index, attempt and a seed of its own") {
  prun::Pool pool{2, {.seed = 42}};
  const auto seeds = pool.map([](int) { return prun::current_task()->seed(); }, std::vector<int>(50), {.chunksize = 3});
  CHECK(std::set<std::uint64_t>(seeds.begin(), seeds.end()).size() == 50);
  prun::Pool other{1, {.seed = 42}};
  CHECK(other.map([](int) { return prun::current_task()->seed(); }, std::vector<int>(50)) == seeds);
  CHECK(pool.map([](int) { return prun::current_task()->index; }, std::vector<int>(3)) ==
        std::vector<std::uint64_t>{0, 1, 2});
  CHECK(prun::current_task() == nullptr);
}

TEST_CASE("many threads may use one pool") {
  prun::Pool pool{2};
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) right += pool.apply(square, i) == long{i} * i ? 1 : 0;
      right += pool.map(square, numbers(100)) == squares(100) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 4 * 51);
}
