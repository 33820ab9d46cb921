// A failure says in which function its exception was thrown.
#include "pool_support.hpp"

#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace throwing {

[[gnu::noinline]] int innermost(int x) {
  if (x >= 0) throw std::domain_error("not this one");
  return x;
}
[[gnu::noinline]] int middle(int x) { return innermost(x) + 1; }
[[gnu::noinline]] int outermost(int x) { return middle(x) + 1; }

[[gnu::noinline]] int by_the_library(int x) {
  return std::vector<int>(1).at(static_cast<std::size_t>(x)) + std::stoi("none");
}
[[gnu::noinline]] int catches_one_itself(int x) {
  try {
    return outermost(x);
  } catch (const std::domain_error&) {
    throw 7;
  }
}

struct Unwritable {
  std::string text;
  template <class Archive>
  void save(Archive&) const {
    throw std::runtime_error("no");
  }
  template <class Archive>
  void load(Archive&) {}
};

}  // namespace throwing

namespace {

template <class F>
prun::Failure failure_of(prun::Pool& pool, F function) {
  try {
    static_cast<void>(pool.apply(function, 3));
  } catch (const prun::TaskFailure& e) {
    return e.failure();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE("of several functions it is the one that threw, with the program's name") {
  prun::Pool pool{1};
  for (int twice = 0; twice < 2; ++twice) {
    const std::string where = failure_of(pool, throwing::outermost).where;
    CAPTURE(where);
    CHECK(where.starts_with("throwing::innermost+0x"));
    CHECK(where.ends_with(" (test_pool)"));
  }
}

TEST_CASE("what the standard library throws was thrown by who called it") {
  prun::Pool pool{1};
  const std::string where = failure_of(pool, throwing::by_the_library).where;
  CAPTURE(where);
  CHECK(where.starts_with("throwing::by_the_library+0x"));
}

TEST_CASE("it is the exception that ended the call, of any type") {
  prun::Pool pool{1};
  const std::string where = failure_of(pool, throwing::catches_one_itself).where;
  CAPTURE(where);
  CHECK(where.starts_with("throwing::catches_one_itself+0x"));
}

TEST_CASE("a result that cannot be written has no such place") {
  prun::Pool pool{1};
  const prun::Failure failure = failure_of(pool, [](int) { return throwing::Unwritable(); });
  CHECK(failure.kind == prun::FailureKind::bad_result);
  CHECK(failure.where.empty());
}
