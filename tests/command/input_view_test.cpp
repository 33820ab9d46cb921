// What a placeholder shows of an input, beside the parts of a path.
#include "command/input_view.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace prun::command;

namespace {

std::string shown(std::string_view view, std::string_view input) {
  std::string scratch;
  return std::string(InputView::parse(view).value().value().of(input, scratch));
}

bool is_view(std::string_view text) {
  const auto view = InputView::parse(text);
  return !view || view->has_value();
}

}  // namespace

TEST_CASE("a suffix or a prefix is removed, as a shell removes it") {
  CHECK(shown("%.tar.gz", "a.tar.gz") == "a");
  CHECK(shown("%.gz", "a.zip") == "a.zip");
  CHECK(shown("#lib", "libc") == "c");
  CHECK(shown("#lib", "alib") == "alib");
  CHECK(shown("%_x", "_x").empty());
  CHECK(shown("#abc", "ab") == "ab");
}

TEST_CASE("a pattern removes as little as it can, and twice the sign as much as it can") {
  CHECK(shown("%.*", "a.b.c") == "a.b");
  CHECK(shown("%%.*", "a.b.c") == "a");
  CHECK(shown("#*/", "a/b/c") == "b/c");
  CHECK(shown("##*/", "a/b/c") == "c");
  CHECK(shown("#[0-9]?", "1ab") == "b");
}

TEST_CASE("the first match of a regex is replaced, or each one") {
  CHECK(shown("/a/b", "aaxa") == "baxa");
  CHECK(shown("//a/b", "aaxa") == "bbxb");
  CHECK(shown("/(\\w+)-(\\w+)/\\2-\\1", "x-y") == "y-x");
  CHECK(shown("/a/", "bab") == "bb");
  CHECK(shown("/\\/+/_", "a//b") == "a_b");
  CHECK(shown("/a{2}/_", "aaa") == "_a");
}

TEST_CASE("a wrong regex or replacement is explained") {
  CHECK(InputView::parse("/[/_").error() == "its regular expression is wrong: missing ]: [");
  CHECK(InputView::parse("/a/\\3").error().starts_with("its replacement is wrong: "));
}

TEST_CASE("braces of printf, date, sed and shells are not placeholders") {
  for (const char* text :
       {"%s", "%5d", "%-5s", "%02x", "%.3f",   "%s:%s", "%H:%M",  "%d items", "%\"s\"",        "#$x",
        "% ", "/x",  "//",   "/b/d", "/b/ p ", "/b/!d", "/b/p;n", "/b/{d}",   "/usr/bin,/bin", "/a/s/b/c/"}) {
    INFO(text);
    CHECK((is_view(text) == (std::string_view(text) == "//")));  // {//} is the directory
  }
  for (const char* text : {"%.c", "%gz", "%_1x", "%%s", "#x", "//x/d", "/x/dd", "/_/ "}) {
    INFO(text);
    CHECK(is_view(text));
  }
}
