// Times, rates and sizes as the bar shows them.
#include "progress/amounts.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace std::chrono_literals;

TEST_CASE("elapsed time is a clock") {
  CHECK(clock_text(7s) == "0:07");
  CHECK(clock_text(724s) == "12:04");
  CHECK(clock_text(3723s) == "1:02:03");
}

TEST_CASE("an age has two units at most") {
  CHECK(age_text(999ms) == "0s");
  CHECK(age_text(45s) == "45s");
  CHECK(age_text(538s) == "8m58s");
  CHECK(age_text(7500s) == "2h05m");
  CHECK(age_text(100h) == "4d04h");
}

TEST_CASE("a rough time has one unit and is never zero") {
  CHECK(rough_time(0s) == "1s");
  CHECK(rough_time(99400ms) == "99s");
  CHECK(rough_time(900s) == "15m");
  CHECK(rough_time(10h) == "10h");
  CHECK(rough_time(72h) == "3d");
}

TEST_CASE("a range is rounded outwards and has the unit once if both ends have the same") {
  CHECK(rough_range(721s, 1259s) == "12-21m");
  CHECK(rough_range(45900ms, 119s) == "45s-2m");
  CHECK(rough_range(5s, 5s) == "5-6s");
}

TEST_CASE("a rate has the unit in which it can be read") {
  CHECK(rate_text(2.13) == "2.1/s");
  CHECK(rate_text(140.4) == "140/s");
  CHECK(rate_text(1'500'000) == "1.5M/s");
  CHECK(rate_text(999.7) == "1.0k/s");
  CHECK(rate_text(0.05) == "3.0/min");
  CHECK(rate_text(0.0005) == "1.8/h");
  CHECK(rate_text(0) == "0.0/s");
}

TEST_CASE("a size has one letter") {
  CHECK(size_text(100) == "100B");
  CHECK(size_text(524'288) == "512K");
  CHECK(size_text(1'288'490'189) == "1.2G");
}
