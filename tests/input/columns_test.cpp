// Lines into columns.
#include "input/commands/columns.hpp"

#include <doctest/doctest.h>

using namespace prun;

namespace {

InputRow split(const std::string& separator, std::string_view line) {
  const auto columns = Columns::make(separator);
  REQUIRE_MESSAGE(columns, separator);
  return columns->split(line);
}

std::string error_of(const std::string& separator) {
  const auto columns = Columns::make(separator);
  return columns ? "no error" : std::to_string(columns.error().offset) + " " + columns.error().message;
}

}  // namespace

TEST_CASE("there is one column more than separators, empty ones too") {
  for (const std::string separator : {",", "[,]", ",|x"}) {
    CHECK(split(separator, "a,,b,") == InputRow{"a", "", "b", ""});
    CHECK(split(separator, ",a") == InputRow{"", "a"});
    CHECK(split(separator, "a") == InputRow{"a"});
    CHECK(split(separator, "") == InputRow{""});
  }
}

TEST_CASE("a separator is made of characters, not of bytes") {
  CHECK(split("[;；]", "a；b;ü") == InputRow{"a", "b", "ü"});
  CHECK(split("；", "a；b") == InputRow{"a", "b"});
  CHECK(split(".", "äö") == InputRow{"", "", ""});
  CHECK(split("ä+", "xääy") == InputRow{"x", "y"});
}

TEST_CASE("a line that is not UTF-8 is split too, by bytes") {
  CHECK(split("[^a-z]", "a\xE9z") == InputRow{"a", "z"});
  CHECK(split(";+", "caf\xE9;;\xFF") == InputRow{"caf\xE9", "\xFF"});
  CHECK(split("[;；]", "\xE9；b") == InputRow{"\xE9", "b"});
  CHECK(split("\xA7", "a\xA7z") == InputRow{"a", "z"});
}

TEST_CASE("a match of nothing separates two characters") {
  CHECK(split("x*", "aöb") == InputRow{"a", "ö", "b"});
  CHECK(split("x*", "axxb") == InputRow{"a", "b"});
  CHECK(split("x*", "") == InputRow{""});
}

TEST_CASE("ten thousand blanks or alternatives do not exhaust the stack") {
  const std::string blanks(3'000'000, ' ');
  CHECK(split("\\s+", "a" + blanks + "b") == InputRow{"a", "b"});
  CHECK(split("(a|b|ab)*c", std::string(300'000, 'a')) == InputRow{std::string(300'000, 'a')});
}

TEST_CASE("an invalid regular expression is reported with the position and the reason") {
  CHECK(error_of("a(b") == "0 missing ): a(b");
  CHECK(error_of("ab[z-a]") == "3 invalid character class range: z-a");
  CHECK(error_of("a\\1") == "1 invalid escape sequence: \\1");
  CHECK(error_of("a(?=b)") == "1 invalid perl operator: (?=");
}
