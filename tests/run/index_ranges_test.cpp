#include "run/index_ranges.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using prun::IndexRanges;

TEST_CASE("ranges that touch are one") {
  IndexRanges ranges;
  CHECK(ranges.empty());
  ranges.add(10, 5);
  ranges.add(20, 5);
  ranges.add(15, 5);
  CHECK(ranges.begins_at(10));
  CHECK(ranges.take_first() == 15);
  CHECK(ranges.empty());
}

TEST_CASE("indexes in any order come in ascending order, and none is lost") {
  IndexRanges ranges;
  for (const std::uint64_t index : {7U, 1U, 3U, 2U, 9U, 8U}) ranges.add(index, 1);
  CHECK_FALSE(ranges.begins_at(0));
  REQUIRE(ranges.begins_at(1));
  CHECK(ranges.take_first() == 3);
  REQUIRE(ranges.begins_at(7));
  CHECK(ranges.take_first() == 3);
  CHECK(ranges.empty());
}

TEST_CASE("an empty range adds nothing") {
  IndexRanges ranges;
  ranges.add(4, 0);
  CHECK(ranges.empty());
}
