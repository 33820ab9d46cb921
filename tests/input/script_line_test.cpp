// Where a command line in a file ends.
#include "input/commands/script_line.hpp"

#include <doctest/doctest.h>

using prun::is_blank_or_comment;
using prun::ScriptLineScanner;
using End = ScriptLineScanner::End;

namespace {

End end_of(std::string_view line) { return ScriptLineScanner().add(line); }

}  // namespace

TEST_CASE("a command line ends with its line, unless a backslash or a quote keeps it open") {
  CHECK(end_of("echo a") == End::complete);
  CHECK(end_of("echo a \\") == End::backslash);
  CHECK(end_of("echo a \\\\") == End::complete);
  CHECK(end_of("echo 'a") == End::quote);
  CHECK(end_of("echo \"a") == End::quote);
  CHECK(end_of("echo 'a \\") == End::quote);
  CHECK(end_of("echo 'a' \"b\" 'c'") == End::complete);
}

TEST_CASE("a quote within other quotes, after a backslash or in a comment opens nothing") {
  CHECK(end_of("echo \"it's\"") == End::complete);
  CHECK(end_of("echo '\"'") == End::complete);
  CHECK(end_of("echo it\\'s") == End::complete);
  CHECK(end_of("echo \"a\\\"b\"") == End::complete);
  CHECK(end_of("echo a # it's") == End::complete);
  CHECK(end_of("echo a; # it's") == End::complete);
  CHECK(end_of("echo a#b 'c") == End::quote);
  CHECK(end_of("echo $'it\\'s'") == End::complete);
}

TEST_CASE("an open quote continues in the next line") {
  ScriptLineScanner scanner;
  CHECK(scanner.add("echo 'a # b") == End::quote);
  CHECK(scanner.quote() == '\'');
  CHECK(scanner.add("c\" d' e") == End::complete);
}

TEST_CASE("blank lines and comments are no commands") {
  for (const char* line : {"", "  \t", "# a", "  # a", "#!/usr/bin/prun --commands", "\r"})
    CHECK(is_blank_or_comment(line));
  for (const char* line : {"a # b", ": #", "'#'"}) CHECK_FALSE(is_blank_or_comment(line));
}
