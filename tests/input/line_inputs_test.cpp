// Lines as inputs of one function.
#include "input/lines/line_inputs.hpp"
#include "input/source_support.hpp"

#include <doctest/doctest.h>

#include <string>

namespace prun {
namespace {

Lines lines_of(const char* function, std::string_view text, bool null_separated = false, bool unpack = false,
               std::size_t piece = SIZE_MAX) {
  LineInputs source("<stdin>", std::make_unique<MemoryBytes>(text, piece),
                    Arguments(*builtins().find(function), unpack), null_separated);
  return drain(source);
}

TEST_CASE("a line is JSON or else a bare word, never a range") {
  CHECK(lines_of("identity", "5\n1.5\n[1,2]\n\"x\"\nhello world\n1..5\n0..3,0..4\n-\n") ==
        Lines{"identity[5]", "identity[1.5]", "identity[[1,2]]", "identity[\"x\"]", "identity[\"hello world\"]",
              "identity[\"1..5\"]", "identity[\"0..3,0..4\"]", "identity[\"-\"]"});
}

TEST_CASE("blank lines, carriage returns and a byte order mark do no harm, a last line needs no newline") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}}) {
    CHECK(lines_of("fib",
                   "\xEF\xBB\xBF"
                   "1\r\n\r\n  \n2\n3",
                   false, false, piece) == Lines{"fib[1]", "fib[2]", "fib[3]"});
  }
}

TEST_CASE("between NUL bytes everything counts") {
  using namespace std::string_view_literals;
  CHECK(lines_of("sha256", "a\nb\0 c \0\0d\r"sv, true) ==
        Lines{"sha256[\"a\\nb\"]", "sha256[\" c \"]", "sha256[\"\"]", "sha256[\"d\\r\"]"});
}

TEST_CASE("an array is unpacked as the mode and the function want it") {
  CHECK(lines_of("ackermann", "[2,4]") == Lines{"ackermann[2,4]"});
  CHECK(lines_of("identity", "[2]", false, true) == Lines{"identity[2]"});
}

TEST_CASE("a bad line is reported, and reading continues with the next line") {
  const Lines lines = lines_of("fib", "1\n[2,\nx\n4\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].starts_with("bad: <stdin>:2:4: "));
  CHECK(lines[2].starts_with("bad: <stdin>:3:1: fib(n: integer)"));
  CHECK(lines[3] == "fib[4]");
}

TEST_CASE("a line of any length is one input") {
  const std::string big(1000000, 'y');
  CHECK(lines_of("sha256", big + "\nz", false, false, 4096) == Lines{"sha256[\"" + big + "\"]", "sha256[\"z\"]"});
}

}  // namespace
}  // namespace prun
