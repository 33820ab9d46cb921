// Callables with state, on their way to a worker process.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

std::string joined(const std::string& before, const std::vector<int>& numbers, int x) {
  return before + std::to_string(numbers.size()) + std::to_string(x);
}

/// State of the user's own, made anew by its `serialize`.
struct Lookup {
  std::map<std::string, int> table;
  int operator()(const std::string& key) const { return table.at(key); }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(table);
  }
};

struct Unreadable {
  std::string text;
  int operator()(int x) const { return x; }
  template <class Archive>
  void save(Archive& archive) const {
    archive(text);
  }
  template <class Archive>
  void load(Archive&) {
    throw std::runtime_error("will not be read");
  }
};

struct Scaled {
  int factor = 1;
  int times(int x) const { return factor * x; }
};

}  // namespace

TEST_CASE("std::bind_front takes strings and containers along") {
  prun::Pool pool{2};
  const auto bound = std::bind_front(joined, std::string("a long string, that is elsewhere: "), std::vector{1, 2, 3});
  const std::vector<int> inputs{7, 8};
  const std::vector<std::string> expected{bound(7), bound(8)};
  CHECK(pool.map(bound, inputs) == expected);
  CHECK(pool.map(bound, std::views::iota(7, 9)) == expected);
  CHECK(pool.apply(bound, 7) == expected[0]);
  CHECK(pool.imap(bound, inputs).next() == expected[0]);
  const auto lambda =
      std::bind_front([](const std::string& s, int n, int x) { return s.size() + static_cast<std::size_t>(n * x); },
                      std::string(1000, 'x'), 2);
  CHECK(pool.map(lambda, std::vector<int>(100, 3), {.chunksize = 7}) == std::vector<std::size_t>(100, 1006));
  CHECK(pool.apply(std::bind_front(&Scaled::times, Scaled{3}), 4) == 12);
  CHECK(pool.apply(std::bind_front(bound, 7)) == expected[0]);
}

TEST_CASE("a user-defined callable is created in the worker by its serialize function") {
  prun::Pool pool{2};
  const Lookup lookup{{{"one", 1}, {"two", 2}}};
  CHECK(pool.map(lookup, std::vector<std::string>{"two", "one", "two"}) == std::vector{2, 1, 2});
  CHECK_THROWS_AS(pool.apply(lookup, "three"), std::out_of_range);
  CHECK(pool.apply(std::bind_front(lookup, std::string("one"))) == 1);
}

TEST_CASE("a callable that cannot be read fails its calls, and no others") {
  prun::Pool pool{1};
  CHECK_THROWS_WITH_AS(pool.map(Unreadable{"x"}, std::vector{1, 2}), "the function cannot be read: will not be read",
                       prun::ArgumentError);
  CHECK_THROWS_AS(pool.map(Unreadable{"x"}, std::views::iota(0, 5)), prun::ArgumentError);
  auto results = pool.imap(Unreadable{"x"}, std::vector{1, 2}, {.chunksize = 2});
  for (int i = 0; i < 2; ++i) CHECK_THROWS_AS(results.next(), prun::ArgumentError);
  CHECK_FALSE(results.next());
  CHECK(pool.apply(square, 3) == 9);
}

TEST_CASE("a std::function is sent if its target is small and trivially copyable, and refused otherwise") {
  prun::Pool pool{1};
  const int offset = 5;
  const std::string text = "captured";
  CHECK(pool.apply(std::function<long(long)>(square), 3) == 9);
  CHECK(pool.map(std::function<int(int)>([](int x) { return x + 1; }), {1, 2}) == std::vector{2, 3});
  CHECK(pool.apply(std::function<int(int)>([offset](int x) { return x + offset; }), 1) == 6);
  const auto larger = [a = 1L, b = 2L, c = 3L](int x) { return static_cast<int>(x + a + b + c); };
  CHECK_THROWS_AS(pool.apply(std::function<int(int)>(larger), 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::function<int(int)>([text](int x) { return x; }), 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::function<int(int)>(), 1), std::bad_function_call);
  CHECK(pool.apply(larger, 1) == 7);
}

TEST_CASE("pointers to member functions are callables") {
  prun::Pool pool{1};
  CHECK(pool.map(&std::string::size, std::vector<std::string>{"a", "bb"}) == std::vector<std::size_t>{1, 2});
  CHECK(pool.apply(&Scaled::times, Scaled{2}, 5) == 10);
}
