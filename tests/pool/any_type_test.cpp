// Futures of different types together, and what callers write most simply.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <list>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

std::string text_of(int x) { return std::to_string(x); }

}  // namespace

TEST_CASE("futures of different types can be waited for together") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  const auto number = executor.submit(square, 3);
  const auto text = executor.submit(text_of, 4);
  const auto nothing = executor.submit([] {});
  const auto bad = executor.submit(even_or_throw, 1);
  const auto [done, not_done] = prun::wait({number, text, nothing, bad, number});
  CHECK(done.size() == 4);
  CHECK(not_done.empty());
  int failed = 0;
  std::vector<prun::AnyFuture> order;
  for (const auto& future : prun::as_completed({number, text, nothing, bad})) {
    failed += future.exception() ? 1 : 0;
    order.push_back(future);
  }
  CHECK(failed == 1);
  REQUIRE(std::count(order.begin(), order.end(), text) == 1);
  const prun::AnyFuture any = text;
  CHECK(any.result<std::string>() == "4");
  CHECK(any == text);
  CHECK(any != number);
  CHECK_THROWS_AS(any.result<int>(), prun::MisuseError);
  CHECK(any.as<std::string>() == text);
}

TEST_CASE("futures may be in any container, and can be keys of unordered ones") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  const std::array<prun::Future<long>, 2> two{executor.submit(square, 1), executor.submit(square, 2)};
  CHECK(prun::wait(two).done.size() == 2);
  CHECK(prun::wait(std::list<prun::Future<long>>(two.begin(), two.end())).done.size() == 2);
  std::unordered_map<prun::Future<long>, int> names{{two[0], 1}, {two[1], 2}};
  for (const auto& future : prun::as_completed(two)) CHECK(names.at(future) == (future == two[0] ? 1 : 2));
  std::unordered_set<prun::AnyFuture> all{two[0], two[1], two[0]};
  CHECK(all.size() == 2);
}

TEST_CASE("inputs may be written in braces") {
  prun::Pool pool{2};
  CHECK(pool.map(square, {1, 2, 3}) == std::vector<long>{1, 4, 9});
  CHECK(pool.starmap(add, {std::pair{1, 2}, {3, 4}}) == std::vector<long>{3, 7});
  CHECK(pool.map_async(square, {1, 2}).get() == std::vector<long>{1, 4});
  CHECK(pool.map([](const std::string& s) { return s.size(); }, {"a", "bb"}) == std::vector<std::size_t>{1, 2});
  long sum = 0;
  for (const long x : pool.imap(square, {1, 2, 3})) sum += x;
  for (const long x : pool.imap_unordered(square, {1, 2, 3}, {.chunksize = 2})) sum += x;
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  for (const long x : executor.map(square, {1, 2, 3})) sum += x;
  CHECK(sum == 3 * 14);
}

TEST_CASE("Executor.map takes functions without a result, and any number of inputs") {
  const Shared<std::atomic<int>> sum;
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  int count = 0;
  for ([[maybe_unused]] const auto done : executor.map([s = sum.get()](int x) { *s += x; }, {1, 2, 3})) ++count;
  CHECK(count == 3);
  CHECK(*sum == 6);
  auto failing = executor.map([](int x) { static_cast<void>(even_or_throw(x)); }, {0, 1});
  CHECK(failing.next());
  CHECK_THROWS_AS(failing.next(), std::domain_error);
  CHECK_FALSE(failing.next());

  const std::vector<int> two{1, 2};
  const auto sum5 = [](int a, int b, int c, int d, int e) { return a + b + c + d + e; };
  std::vector<int> sums;
  for (const int x : executor.map(sum5, two, two, two, std::list{10, 20, 30}, two)) sums.push_back(x);
  for (const int x :
       executor.map(sum5, two, two, two, two, two, prun::ExecutorMapOptions{.chunksize = 2, .buffersize = 1})) {
    sums.push_back(x);
  }
  CHECK(sums == std::vector{14, 28, 5, 10});
}

TEST_CASE("pools and executors can be moved, and a moved-from one throws") {
  static_assert(std::is_nothrow_move_constructible_v<prun::Pool> && std::is_nothrow_move_assignable_v<prun::Pool>);
  static_assert(!std::is_copy_constructible_v<prun::Pool>);
  std::vector<prun::Pool> pools;
  for (int i = 1; i <= 3; ++i) pools.emplace_back(1);
  CHECK(pools.front().apply(square, 3) == 9);
  prun::Pool pool = std::move(pools.front());
  auto results = pool.imap(square, std::vector<long>(10'000, 2));
  pools.front() = std::move(pool);
  CHECK_THROWS_WITH_AS(pool.apply(square, 1), "this pool was moved from: use the one that it was moved to",
                       prun::MisuseError);
  long sum = 0;
  for (const long x : results) sum += x;
  CHECK(sum == 40'000);
  prun::ProcessPoolExecutor executor = prun::ProcessPoolExecutor{{.max_workers = 1}};
  CHECK(executor.submit(square, 4).result() == 16);
}

TEST_CASE("the items of a thread pool's map, moved arguments and the result are not copied") {
  struct Counted {
    Counted() = default;
    Counted(const Counted& other) : copies(other.copies + 1) {}
    Counted(Counted&& other) noexcept : copies(other.copies) {}
    Counted& operator=(const Counted&) = delete;
    Counted& operator=(Counted&&) = delete;
    int copies = 0;
  };
  const auto pass = [](Counted c) { return c; };
  prun::ThreadPool pool{2};
  CHECK(pool.apply(pass, Counted()).copies == 0);
  for (const auto& c : pool.map(pass, std::vector<Counted>(3))) CHECK(c.copies == 0);
  for (auto c : pool.imap(pass, std::vector<Counted>(3))) CHECK(c.copies == 0);
  const std::vector<Counted> lvalues(3);
  for (const int copies : pool.map([](const Counted& c) { return c.copies; }, lvalues)) CHECK(copies == 0);
  auto stream = pool.imap_unordered(pass, std::vector<Counted>(3));
  CHECK(stream.next()->copies == 0);
  const Counted lvalue;
  CHECK(pool.apply([](const Counted& c, int more) { return c.copies + more; }, lvalue, 0) == 0);
  CHECK(pool.apply([](Counted&& c) { return c.copies; }, lvalue) == 1);  // to be moved from, so it is a copy
}
