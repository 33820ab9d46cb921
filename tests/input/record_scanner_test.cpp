// Where records end.
#include "input/commands/record_scanner.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace prun;

namespace {

using Records = std::vector<std::string>;

/// The records of a text that arrives in pieces, and what is left at its end.
Records records(const RecordForm& form, std::string_view text, std::size_t piece = SIZE_MAX) {
  auto scanner = RecordScanner::make(form).value();
  Records all;
  std::size_t seen = std::min(piece, text.size());
  for (std::size_t from = 0; from < text.size();) {
    const bool at_end = seen == text.size();
    if (const auto size = scanner->record_size(text.substr(from, seen - from), at_end)) {
      all.emplace_back(text.substr(from, *size));
      from += *size;
    } else if (at_end) {
      all.emplace_back(text.substr(from));
      break;
    } else {
      seen = std::min(text.size(), seen + piece);
    }
  }
  return all;
}

void check(const RecordForm& form, std::string_view text, const Records& expected) {
  INFO(text);
  CHECK(records(form, text) == expected);
  CHECK(records(form, text, 1) == expected);
  CHECK(records(form, text, 3) == expected);
}

}  // namespace

TEST_CASE("a record ends with a text, begins with one, or both") {
  check({}, "a\nb\n\nc", {"a\n", "b\n", "\n", "c"});
  check({.end = "--"}, "a--b-c--", {"a--", "b-c--"});
  check({.end = "", .start = ">"}, ">a>b>", {">a", ">b", ">"});
  check({.end = "\n", .start = ">"}, ">a>x\nb\n>c\n", {">a>x\nb\n", ">c\n"});
  check({.end = "", .start = ""}, "abc", {"a", "b", "c"});
}

TEST_CASE("a record has a number of lines") { check({.lines = 2}, "1\n2\n3\n4\n5", {"1\n2\n", "3\n4\n", "5"}); }

TEST_CASE("a record of CSV does not end in quotes") {
  check({.csv = true}, "a,\"b\nc\"\nd\n\"\"\"\n\"\n", {"a,\"b\nc\"\n", "d\n", "\"\"\"\n\"\n"});
}

TEST_CASE("ends and beginnings can be regular expressions") {
  check({.end = "[0-9]+", .regex = true}, "a12b345c", {"a12", "b345", "c"});
  check({.end = "", .start = "[A-Z]", .regex = true}, "Aa1Bb", {"Aa1", "Bb"});
  CHECK(RecordScanner::make({.end = "[", .regex = true}).error() == "--recend: missing ]: [");
  CHECK(RecordScanner::make({.end = "", .start = "(", .regex = true}).error().starts_with("--recstart: "));
}

TEST_CASE("the last record end before a position is found by searching backwards") {
  const auto last = [](const RecordForm& form, std::string_view text, std::size_t limit) {
    return RecordScanner::make(form).value()->last_end(text, limit);
  };
  CHECK(last({}, "a\nb\nc", 4) == 4);
  CHECK(last({}, "a\nb\nc", 3) == 2);
  CHECK(last({}, "abc", 3) == std::string_view::npos);
  CHECK(last({.end = "", .start = ">"}, ">a>b", 3) == 2);
  CHECK(last({.end = "", .start = ">"}, ">ab", 2) == std::string_view::npos);
  CHECK(last({.end = "", .start = ""}, "abc", 2) == 2);
}
