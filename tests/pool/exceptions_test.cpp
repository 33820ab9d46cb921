// Exceptions on the way: of the function, and of the input that a caller passes.
#include "pool_support.hpp"

#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <new>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

template <class Stream>
auto collected(Stream&& stream) {
  std::vector<std::ranges::range_value_t<Stream>> all;
  for (auto&& x : stream) all.push_back(std::move(x));
  return all;
}

struct OwnError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

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

TEST_CASE("an input that throws at item k: imap yields the earlier results, then throws") {
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
