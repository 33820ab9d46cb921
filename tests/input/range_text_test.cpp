// Ranges as words.
#include "input/range_text.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace prun {
namespace {

std::string message_of(std::string_view text) {
  const auto range = parse_range(text);
  return range ? "no error" : std::to_string(range.error().offset) + " " + range.error().message;
}

TEST_CASE("a range includes both bounds and runs from the first to the second") {
  CHECK(parse_range("1..39") == IntRange{1, 1, 39});
  CHECK(parse_range("39..1") == IntRange{39, -1, 39});
  CHECK(parse_range("-3..3") == IntRange{-3, 1, 7});
  CHECK(parse_range("5..-5") == IntRange{5, -1, 11});
  CHECK(parse_range("7..7") == IntRange{7, 1, 1});
  CHECK(parse_range("+1..+2") == IntRange{1, 1, 2});
}

TEST_CASE("the bounds give a step its sign, as in bash") {
  CHECK(parse_range("1..39..2") == IntRange{1, 2, 20});
  CHECK(parse_range("1..10..-2") == IntRange{1, 2, 5});
  CHECK(parse_range("10..1..3") == IntRange{10, -3, 4});
  CHECK(parse_range("10..1..-3") == IntRange{10, -3, 4});
  CHECK(parse_range("1..2..100") == IntRange{1, 100, 1});
}

TEST_CASE("a range may reach from one end of 64 bits to the other, but for one element") {
  CHECK(parse_range("-9223372036854775808..9223372036854775806") == IntRange{INT64_MIN, 1, UINT64_MAX});
  CHECK(parse_range("9223372036854775807..-9223372036854775808..2") == IntRange{INT64_MAX, -2, std::uint64_t{1} << 63});
  CHECK(message_of("-9223372036854775808..9223372036854775807") == "0 bad range: it has more than 2^64 - 1 elements");
  const auto wide = parse_range("-9223372036854775808..9223372036854775807..9223372036854775807");
  REQUIRE(wide);
  CHECK(wide->count == 3);
  CHECK((*wide)[2] == INT64_MAX - 1);
}

TEST_CASE("what is wrong with a range is named with its place") {
  CHECK(message_of("1..39..0") == "7 bad range: its step is 0, expected 1 or more");
  CHECK(message_of("1..x").starts_with("3 bad range: its end is not an integer"));
  CHECK(message_of("1..").starts_with("3 bad range: its end is not an integer"));
  CHECK(message_of("1...5").starts_with("3 bad range: its end is not an integer"));
  CHECK(message_of("1..5.5").starts_with("4 bad range: unexpected text"));
  CHECK(message_of("1..5..2..3").starts_with("7 bad range: unexpected text"));
  CHECK(message_of("1..9223372036854775808").starts_with("3 bad range: its end does not fit 64 bits"));
  CHECK(message_of("1..5..-9223372036854775808").starts_with("0 bad range: its step is too large"));
}

TEST_CASE("only an integer before two dots makes a range") {
  for (const char* text : {"1..39", "-3..x", "+1..", "01..10"}) CHECK_MESSAGE(looks_like_range(text), text);
  for (const char* text : {"../a", "a..b", "1.2.3", "1.5..3", "-", "", "..5", "-..5"}) {
    CHECK_MESSAGE(!looks_like_range(text), text);
  }
}

}  // namespace
}  // namespace prun
