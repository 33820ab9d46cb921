#include "run/fitting_starts.hpp"

#include "support/builtins.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;
using namespace std::chrono_literals;

namespace {

const FittingStarts::Time end{1h};

}  // namespace

TEST_CASE("a task whose function was not measured fits until the end") {
  const FittingStarts starts(end);
  CHECK(starts.fits(builtin("fib"), end));
  CHECK_FALSE(starts.fits(builtin("fib"), end + 1ns));
  CHECK(starts.most(builtin("fib"), end - 1s) == UINT64_MAX);
}

TEST_CASE("a task fits if the mean and two standard deviations of its function do") {
  FittingStarts starts(end);
  for (const auto duration : {2s, 4s}) starts.note(builtin("fib"), duration);  // mean 3 s, deviation 1 s
  CHECK(starts.expected(builtin("fib")) == 5s);
  CHECK(starts.fits(builtin("fib"), end - 5s));
  CHECK_FALSE(starts.fits(builtin("fib"), end - 4s));
  CHECK(starts.last_start(builtin("fib")) == end - 5s);
  CHECK(starts.fits(builtin("factorize"), end - 1s));
}

TEST_CASE("a chunk has as many tasks as fit one after another") {
  FittingStarts starts(end);
  starts.note(builtin("fib"), 2s);
  CHECK(starts.most(builtin("fib"), end - 7s) == 3);
  CHECK(starts.most(builtin("fib"), end - 1s) == 1);
  CHECK(starts.most(builtin("fib"), end + 1s) == 1);
}
