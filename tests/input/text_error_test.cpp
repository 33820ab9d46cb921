// Places and excerpts.
#include "input/text_error.hpp"

#include <doctest/doctest.h>

#include <string>

namespace prun {
namespace {

TEST_CASE("the caret is under the character, even if it has several bytes") {
  CHECK(marked_line("abc", 1) == "  abc\n   ^");
  CHECK(marked_line("\xC3\xA4\xC3\xB6x", 4) == "  \xC3\xA4\xC3\xB6x\n    ^");
  CHECK(marked_line("abc", 3) == "  abc\n     ^");
  CHECK(marked_line("", 0) == "  \n  ^");
}

TEST_CASE("a long line is cut around the place") {
  const std::string line(1000, 'x');
  const std::string shown = marked_line(line, 500);
  CHECK(shown == "  ..." + std::string(72, 'x') + "...\n" + std::string(45, ' ') + "^");
}

TEST_CASE("terminal escape sequences are not shown") {
  CHECK(marked_line("a\tb\x1B[31m\xFFz", 9) == "  a b\xEF\xBF\xBD[31m\xEF\xBF\xBDz\n           ^");
}

TEST_CASE("a located message has name, line, column and excerpt") {
  CHECK(located("tasks.json", {3, 14}, "unexpected ']'", "  [1,]", 5) ==
        "tasks.json:3:14: unexpected ']'\n    [1,]\n       ^");
}

}  // namespace
}  // namespace prun
