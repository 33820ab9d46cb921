// Numbers as they are written in options.
#include "app/numbers.hpp"

#include "app/usage_error.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace prun::app;

TEST_CASE("jobs are a number or a share of the CPUs") {
  CHECK(parse_jobs("-j", "3", 8) == 3);
  CHECK(parse_jobs("-j", "50%", 8) == 4);
  CHECK(parse_jobs("-j", "200%", 8) == 16);
  CHECK(parse_jobs("-j", "50%", 3) == 1);
  CHECK(parse_jobs("-j", "1%", 2) == 1);
}

TEST_CASE("jobs can be more or fewer than the CPUs, but at least 1") {
  CHECK(parse_jobs("-j", "+0", 8) == 8);
  CHECK(parse_jobs("-j", "0", 8) == as_many_workers);
  CHECK(parse_jobs("-j", "+2", 8) == 10);
  CHECK(parse_jobs("-j", "-1", 8) == 7);
  CHECK(parse_jobs("-j", "-0", 8) == 8);
  CHECK(parse_jobs("-j", "-8", 8) == 1);
  CHECK(parse_jobs("-j", "-18446744073709551615", 8) == 1);
  CHECK_THROWS_AS((void)parse_jobs("-j", "+18446744073709551615", 8), UsageError);
}

TEST_CASE("the number of jobs can be read from a file") {
  const prun::test::Folder folder;
  const std::string path = folder.file("jobs");
  const auto jobs_in = [&path](const char* text) {
    std::ofstream(path) << text;
    return parse_jobs("-j", path, 8);
  };
  CHECK(jobs_in("3\n") == 3);
  CHECK(jobs_in(" 50% of them") == 4);
  CHECK(jobs_in("-1") == 7);
  CHECK_THROWS_WITH(
      (void)jobs_in("many\n"),
      ("-j " + path + ": the file holds 'many'; it must hold a number of workers such as 8, 50%, +2 or -1").c_str());
  CHECK_THROWS_AS((void)jobs_in(""), UsageError);
  CHECK_THROWS_AS((void)parse_jobs("-j", path + "x", 8), UsageError);
}

TEST_CASE("a character can be written as an escape") {
  CHECK(parse_character("-d", ",") == ',');
  CHECK(parse_character("-d", "\\") == '\\');
  CHECK(parse_character("-d", "\\t") == '\t');
  CHECK(parse_character("-d", "\\0") == '\0');
  CHECK(parse_character("-d", "\\x2C") == ',');
  for (const char* text : {"", "ab", "\\q", "\\x2", "\\xg1", "\\x123"}) {
    CAPTURE(text);
    CHECK_THROWS_AS((void)parse_character("-d", text), UsageError);
  }
}

TEST_CASE("a text can have escapes") {
  CHECK(parse_escapes("-d", "a\\nb\\x3e\\\\") == "a\nb>\\");
  CHECK(parse_escapes("-d", "") == "");
  CHECK_THROWS_AS((void)parse_escapes("-d", "a\\x3"), UsageError);
}

TEST_CASE("an invalid number of jobs is refused") {
  for (const char* text :
       {"+", "-", "+x", "+50%", "1%%", "0%", "", "%", "1.5", "4097", "99999999999999999999", "18446744073709551615%"}) {
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

TEST_CASE("an invalid size is refused") {
  for (const char* text : {"0", "0K", "", "M", "1.5M", "-1", "16Q", "16MM", "18446744073709551615K"}) {
    CAPTURE(text);
    CHECK_THROWS_AS((void)parse_size("--s", text), UsageError);
  }
}

TEST_CASE("an error names the option, the text and the valid form") {
  CHECK_THROWS_WITH((void)parse_count("--chunksize", "0"), "--chunksize takes a whole number of 1 or more, not '0'");
}
