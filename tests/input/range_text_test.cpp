// Ranges as words.
#include "input/words/range_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace prun {
namespace {

std::string message_of(std::string_view text) {
  const auto range = parse_range(text);
  return range ? "no error" : std::to_string(range.error().offset) + " " + range.error().message;
}

/// As it is written, at most ten elements; or the error.
std::string written(std::string_view text) {
  const auto range = parse_range(text);
  if (!range) return message_of(text);
  std::string all;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(range->numbers.count, 10); ++i) {
    if (i > 0) all += ' ';
    range->append_text(i, all);
  }
  return all;
}

IntRange integers(std::string_view text) {
  const auto range = parse_range(text);
  REQUIRE_MESSAGE(range, text);
  CHECK(range->kind == TextRange::Kind::integers);
  return range->numbers;
}

TEST_CASE("a range includes both bounds and runs from the first to the second") {
  CHECK(integers("1..39") == IntRange{1, 1, 39});
  CHECK(integers("39..1") == IntRange{39, -1, 39});
  CHECK(integers("-3..3") == IntRange{-3, 1, 7});
  CHECK(integers("5..-5") == IntRange{5, -1, 11});
  CHECK(integers("7..7") == IntRange{7, 1, 1});
  CHECK(integers("+1..+2") == IntRange{1, 1, 2});
}

TEST_CASE("the bounds give a step its sign, as in bash") {
  CHECK(integers("1..39..2") == IntRange{1, 2, 20});
  CHECK(integers("1..10..-2") == IntRange{1, 2, 5});
  CHECK(integers("10..1..3") == IntRange{10, -3, 4});
  CHECK(integers("10..1..-3") == IntRange{10, -3, 4});
  CHECK(integers("1..2..100") == IntRange{1, 100, 1});
}

TEST_CASE("a range may reach from one end of 64 bits to the other, but for one element") {
  CHECK(integers("-9223372036854775808..9223372036854775806") == IntRange{INT64_MIN, 1, UINT64_MAX});
  CHECK(integers("9223372036854775807..-9223372036854775808..2") == IntRange{INT64_MAX, -2, std::uint64_t{1} << 63});
  CHECK(message_of("-9223372036854775808..9223372036854775807") == "0 bad range: it has more than 2^64 - 1 elements");
  const auto wide = parse_range("-9223372036854775808..9223372036854775807..9223372036854775807");
  REQUIRE(wide);
  CHECK(wide->numbers.count == 3);
  CHECK(wide->numbers[2] == INT64_MAX - 1);
}

TEST_CASE("zeros in front are kept, as in bash") {
  CHECK(written("08..11") == "08 09 10 11");
  CHECK(written("001..100..33") == "001 034 067 100");
  CHECK(written("1..010..3") == "001 004 007 010");
  CHECK(written("-01..1") == "-01 000 001");
  CHECK(written("0..3") == "0 1 2 3");
}

TEST_CASE("letters make a range within their case") {
  CHECK(written("a..e") == "a b c d e");
  CHECK(written("e..a..2") == "e c a");
  CHECK(written("X..Z") == "X Y Z");
}

TEST_CASE("decimals are exact, each with as many digits as the most exact of the three numbers") {
  CHECK(written("0.1..1.0..0.1") == "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0");
  CHECK(written("1.5..4") == "1.5 2.5 3.5");
  CHECK(written("0..1..0.25") == "0.00 0.25 0.50 0.75 1.00");
  CHECK(written("0.5..-0.5..0.5") == "0.5 0.0 -0.5");
  CHECK(written("-0.05..0.05..0.05") == "-0.05 0.00 0.05");
}

TEST_CASE("a word that only looks like a range is answered with the right form") {
  CHECK(range_hint("1-10") == "; a range is written 1..10");
  CHECK(range_hint("1:10") == "; a range is written 1..10");
  CHECK(range_hint("{01..10}") == "; a range is written without braces: 01..10");
  CHECK(range_hint("1,2,3") == "; several inputs are separate words: 1 2 3");
  CHECK(range_hint("1-3,5-7") == "; several inputs are separate words: 1..3 5..7");
  CHECK(range_hint("5,1-3") == "; several inputs are separate words: 5 1..3");
  for (const char* text : {"1..a", "1..1e3", "..3", "a..5", "A..c", "aa..cc"})
    CHECK_MESSAGE(range_hint(text).starts_with("; a range is written as 1..10,"), text);
  for (const char* text : {"", "5", "-5", "a-b", "2024-01-15", "1-", "x1-10", "{1,2}", "{}", "1..10", "1,a", "1,2-",
                           "1..3,5", "../a", "..", "a/..", "main..develop", "a.txt..b"})
    CHECK_MESSAGE(range_hint(text).empty(), text);
}

TEST_CASE("for a list with ranges there is a hint how a command takes it") {
  CHECK(product_hint("0..2,0..1") == "; for all combinations, write ::: 0..2 ::: 0..1");
  CHECK(product_hint("1-3,5-7") == "; several inputs are separate words: 1..3 5..7");
  CHECK(product_hint("1-3,4..6") == "; several inputs are separate words: 1..3 4..6");
  CHECK(product_hint("1..3,5") == "; several inputs are separate words: 1..3 5");
  CHECK(product_hint("1-3,5,7-9") == "; several inputs are separate words: 1..3 5 7..9");
  for (const char* text : {"", ",", "1..3", "1,2", "1..3,", "1..x,2", "a,1..3", "1..3,b.txt", "0..2;0..1"})
    CHECK_MESSAGE(product_hint(text).empty(), text);
}

TEST_CASE("an error in a range is reported with its position") {
  CHECK(message_of("1..39..0") == "7 bad range: its step is 0, expected 1 or more");
  CHECK(message_of("1..x").starts_with("3 bad range: its end is not a number"));
  CHECK(message_of("1..").starts_with("3 bad range: its end is not a number"));
  CHECK(message_of("1...5").starts_with("3 bad range: its end is not a number"));
  CHECK(message_of("1..5.x").starts_with("4 bad range: unexpected text"));
  CHECK(message_of("0.5..2..0.0") == "8 bad range: its step is 0, expected a positive number");
  CHECK(message_of("a..e..0") == "6 bad range: its step is 0, expected 1 or more");
  CHECK(message_of("0.1..9999999999999999999") == "5 bad range: its end has too many digits; 18 are exact");
  CHECK(message_of("1..5..2..3").starts_with("7 bad range: unexpected text"));
  CHECK(message_of("1..9223372036854775808").starts_with("3 bad range: its end does not fit 64 bits"));
  CHECK(message_of("1..5..-9223372036854775808").starts_with("0 bad range: its step is too large"));
}

TEST_CASE("an integer before two dots makes a range, decimals and letters do as a whole") {
  for (const char* text : {"1..39", "-3..x", "+1..", "01..10", "1.5..3", "0.1..1.0..0.1", "a..b", "a..e..2", "a..e..0"})
    CHECK_MESSAGE(looks_like_range(text), text);
  for (const char* text : {"../a", "1.2.3", "1.5..x", "a..bc", "a..E", "a..b.txt", "a..e..", "-", "", "..5", "-..5"}) {
    CHECK_MESSAGE(!looks_like_range(text), text);
  }
}

}  // namespace
}  // namespace prun
