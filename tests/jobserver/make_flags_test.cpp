// What MAKEFLAGS says: as each make writes it.
#include "jobserver/make_flags.hpp"

#include <doctest/doctest.h>

using namespace prun::jobserver;

TEST_CASE("a jobserver's address, in the styles of make 4.1, 4.2 and 4.4") {
  CHECK(parse_make_flags(" -j --jobserver-fds=3,4").jobserver == Address{"", 3, 4});
  CHECK(parse_make_flags(" -j8 --jobserver-auth=3,4").jobserver == Address{"", 3, 4});
  CHECK(parse_make_flags("k -j8 --jobserver-auth=fifo:/tmp/GMfifo7").jobserver == Address{"/tmp/GMfifo7", -1, -1});
  CHECK(parse_make_flags(" -j8 --jobserver-auth=-2,-2").jobserver == Address{"", -2, -2});
}

TEST_CASE("the last address counts, and variables follow --") {
  CHECK(parse_make_flags("--jobserver-fds=3,4 --jobserver-auth=5,6").jobserver == Address{"", 5, 6});
  CHECK_FALSE(parse_make_flags(" -- X=--jobserver-auth=5,6 --jobserver-auth=5,6").jobserver);
}

TEST_CASE("flags without a jobserver are recognized") {
  for (const char* text : {"", "n", "-j8", "kn -j8", "--jobserver-auth=", "--jobserver-auth=3", "--jobserver-auth=3,x",
                           "--jobserver-auth=fifo:", "--jobserver-auth=99999999999,4"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_make_flags(text).jobserver);
  }
}

TEST_CASE("make -n") {
  CHECK(parse_make_flags("n").dry_run);
  CHECK(parse_make_flags("kn -j4 --jobserver-auth=3,4").dry_run);
  for (const char* text :
       {"", "k", " -n", "-j4", "--no-print-directory", " -j4 --jobserver-auth=3,4 -- n", "CC=cannot"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_make_flags(text).dry_run);
  }
}

TEST_CASE("a jobserver is added to the existing flags and replaces another jobserver") {
  const Address pipe{"", 5, 6};
  CHECK(with_jobserver("", pipe, 4) == " -j4 --jobserver-auth=5,6");
  CHECK(with_jobserver("k", pipe, 4) == "k -j4 --jobserver-auth=5,6");
  CHECK(with_jobserver("-j8", pipe, 4) == " -j8 -j4 --jobserver-auth=5,6");
  CHECK(with_jobserver("ks -j8 --jobserver-auth=3,4 -- CC=gcc-12 A=b", pipe, 2) ==
        "ks -j8 -j2 --jobserver-auth=5,6 -- CC=gcc-12 A=b");
  CHECK(with_jobserver("CC=gcc-12", {"/tmp/f", -1, -1}, 2) == "CC=gcc-12 -j2 --jobserver-auth=fifo:/tmp/f");
}
