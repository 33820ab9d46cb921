// Splitting and quoting as a POSIX shell does.
#include "command/command_words.hpp"

#include <doctest/doctest.h>

using namespace prun::command;
using Words = std::vector<std::string>;

TEST_CASE("blanks separate words") {
  CHECK(split_words("  gzip -9k\ta.log\n").value() == Words{"gzip", "-9k", "a.log"});
}

TEST_CASE("an empty text has no words") { CHECK(split_words(" ").value().empty()); }

TEST_CASE("quotes keep blanks, and an empty word") {
  CHECK(split_words("'a b' \"c d\" ''").value() == Words{"a b", "c d", ""});
}

TEST_CASE("quotes within a word join it") { CHECK(split_words("a'b c'\"d e\"f").value() == Words{"ab cd ef"}); }

TEST_CASE("a backslash keeps the next character") { CHECK(split_words("a\\ b \\'").value() == Words{"a b", "'"}); }

TEST_CASE("in double quotes a backslash keeps only what would be special") {
  CHECK(split_words("\"\\$a \\n \\\" \\\\\"").value() == Words{"$a \\n \" \\"});
}

TEST_CASE("in single quotes a backslash is itself") { CHECK(split_words("'\\n'").value() == Words{"\\n"}); }

TEST_CASE("an unclosed quote is reported with its position") {
  const auto words = split_words("echo 'a");
  REQUIRE_FALSE(words);
  CHECK(words.error().message == "the quote ' is not closed");
  CHECK(words.error().offset == 5);
}

TEST_CASE("a backslash at the end is an error") { CHECK_FALSE(split_words("a \\")); }

TEST_CASE("quoted text is read back unchanged") {
  for (const std::string word : {"", "a", "a b", "it's", "$HOME", "a\nb", "\\", "*", "\xff\x01", "-n", "a'b'c"}) {
    std::string quoted;
    append_quoted(quoted, word);
    CHECK(split_words(quoted).value() == Words{word});
  }
}

TEST_CASE("words that need no quotes have none") { CHECK(join_words({"gzip", "-9k", "a.log"}) == "gzip -9k a.log"); }
