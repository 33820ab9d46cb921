// Numbers as they are written in options.
#include "app/numbers.hpp"

#include "app/usage_error.hpp"

#include <doctest/doctest.h>

using namespace prun::app;

TEST_CASE("jobs are a number or a share of the CPUs") {
  CHECK(parse_jobs("-j", "3", 8) == 3);
  CHECK(parse_jobs("-j", "50%", 8) == 4);
  CHECK(parse_jobs("-j", "200%", 8) == 16);
  CHECK(parse_jobs("-j", "50%", 3) == 1);
  CHECK(parse_jobs("-j", "1%", 2) == 1);
}

TEST_CASE("jobs that cannot be are refused") {
  for (const char* text : {"0", "-1", "0%", "", "%", "1.5", "4097", "99999999999999999999", "18446744073709551615%"}) {
    CAPTURE(text);
    CHECK_THROWS_AS((void)parse_jobs("-j", text, 8), UsageError);
  }
}

TEST_CASE("sizes have units of 1024") {
  CHECK(parse_size("--s", "4096") == 4096);
  CHECK(parse_size("--s", "64K") == 65536);
  CHECK(parse_size("--s", "16M") == 16777216);
  CHECK(parse_size("--s", "16MiB") == 16777216);
  CHECK(parse_size("--s", "16mb") == 16777216);
  CHECK(parse_size("--s", "1G") == 1073741824);
  CHECK(parse_size("--s", "7B") == 7);
}

TEST_CASE("sizes that cannot be are refused") {
  for (const char* text : {"0", "0K", "", "M", "1.5M", "-1", "16Q", "16MM", "18446744073709551615K"}) {
    CAPTURE(text);
    CHECK_THROWS_AS((void)parse_size("--s", text), UsageError);
  }
}

TEST_CASE("a refusal names the option and the text and what is right") {
  CHECK_THROWS_WITH((void)parse_count("--chunksize", "0"), "--chunksize takes a whole number of 1 or more, not '0'");
}
