#include "task/range.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using prun::IntRange;

TEST_CASE("the elements of a range, upwards and downwards") {
  const IntRange up{1, 1, 39};
  CHECK(up[0] == 1);
  CHECK(up[38] == 39);
  const IntRange down{39, -2, 20};
  CHECK(down[0] == 39);
  CHECK(down[19] == 1);
}

TEST_CASE("a range over all 64-bit integers does not overflow on its way") {
  const IntRange all{INT64_MIN, INT64_MAX, 3};
  CHECK(all[0] == INT64_MIN);
  CHECK(all[1] == -1);
  CHECK(all[2] == INT64_MAX - 1);
}

TEST_CASE("a slice is a range of the same elements") {
  const IntRange range{10, -3, 100};
  const IntRange slice = range.slice(7, 5);
  CHECK(slice == IntRange{10 - 21, -3, 5});
  for (std::uint64_t i = 0; i < 5; ++i) CHECK(slice[i] == range[7 + i]);
}
