// GNU parallel's replacement strings.
#include "command/command_template.hpp"

#include <doctest/doctest.h>

using namespace prun::command;
using Words = std::vector<std::string>;

namespace {

Words expand(const Words& words, std::vector<std::string_view> inputs, bool add_inputs = true) {
  return CommandTemplate::of_words(words, add_inputs).value().expand({std::move(inputs), 7, 2});
}

std::string script(std::string_view text, std::vector<std::string_view> inputs) {
  return CommandTemplate::of_script(text, true).value().expand({std::move(inputs), 7, 2}).at(2);
}

}  // namespace

TEST_CASE("the places of an input") {
  CHECK(expand({"c", "{}", "{.}", "{/}", "{//}", "{/.}"}, {"d/e.f"}) == Words{"c", "d/e.f", "d/e", "e.f", "d", "e"});
}

TEST_CASE("the task's and the worker's number") { CHECK(expand({"{#}-{%}", "{}"}, {"x"}) == Words{"7-2", "x"}); }

TEST_CASE("places within a word") { CHECK(expand({"a{}b{.}c"}, {"x.y"}) == Words{"ax.ybxc"}); }

TEST_CASE("inputs by position, from the end too") {
  CHECK(expand({"{2}", "{1/.}", "{-1}", "{3}"}, {"a/b.c", "d"}) == Words{"d", "b", "d", ""});
}

TEST_CASE("all inputs become separate words if the placeholder is a separate word") {
  CHECK(expand({"cp", "{}", "dir"}, {"a", "b c"}) == Words{"cp", "a", "b c", "dir"});
  CHECK(expand({"x={}"}, {"a", "b"}) == Words{"x=a b"});
}

TEST_CASE("a template without a place gets the inputs at its end, unless that is not wanted") {
  CHECK(expand({"gzip", "-9"}, {"a", "b"}) == Words{"gzip", "-9", "a", "b"});
  CHECK(expand({"wc", "-l"}, {}, false) == Words{"wc", "-l"});
  CHECK(expand({"echo", "{#}"}, {"a"}) == Words{"echo", "7"});
}

TEST_CASE("other braces stay as they are") {
  CHECK(expand({"awk", "{print $1}", "{}", "{x}", "{", "}"}, {"f"}) ==
        Words{"awk", "{print $1}", "f", "{x}", "{", "}"});
}

TEST_CASE("a script gets its inputs quoted") {
  CHECK(script("cat {} | wc", {"it's"}) == "cat 'it'\\''s' | wc");
  CHECK(script("ls", {"a b", "c"}) == "ls 'a b' c");
}

TEST_CASE("a script that reads its parameters gets nothing at its end") {
  CHECK(script("echo \"$1\"", {"a"}) == "echo \"$1\"");
  CHECK(script("echo ${1%.gz}", {"a"}) == "echo ${1%.gz}");
  CHECK(script("echo $$ $HOME", {"a"}) == "echo $$ $HOME a");
  CHECK(CommandTemplate::of_script("echo $2", true).value().expand({{"a", "b"}, 1, 1}) ==
        Words{"/bin/sh", "-c", "echo $2", "sh", "a", "b"});
}

TEST_CASE("a script of more than a simple command gets nothing at its end") {
  CHECK(script("wc -l", {"a"}) == "wc -l a");
  CHECK(script("for i in 1 2; do echo $i; done", {"a"}) == "for i in 1 2; do echo $i; done");
  CHECK(script("true && false", {"a"}) == "true && false");
}

TEST_CASE("the program is known if it contains no placeholder") {
  CHECK(CommandTemplate::of_words({"gzip", "{}"}, true).value().program() == "gzip");
  CHECK(CommandTemplate::of_words({"./{}"}, true).value().program().empty());
}

TEST_CASE("a script without a place ignores its inputs, unless it may use its parameters") {
  const auto ignores = [](std::string_view script) {
    return CommandTemplate::of_script(script, true).value().ignores_inputs();
  };
  for (const char* script : {"true && false", "for i in 1 2; do echo $i; done", "ls | wc", "echo a#b", "echo `date`"}) {
    INFO(script);
    CHECK(ignores(script));
  }
  for (const char* script : {"ls", "echo {} | wc", "echo $1 | wc", "ls \"$@\"; ls", "for i do ls $i; done", "ls; shift",
                             "for i; do ls $i; done", "echo $# | wc", "ls; while getopts a: x; do :; done"}) {
    INFO(script);
    CHECK_FALSE(ignores(script));
  }
}

TEST_CASE("a placeholder within a word is distinguished from one that is a whole word") {
  const auto words = CommandTemplate::of_words({"sh", "-c", "cat {}", "{}", "{#}x"}, true).value();
  CHECK(words.has_input_within(2));
  CHECK_FALSE(words.has_input_within(3));
  CHECK_FALSE(words.has_input_within(4));
  CHECK_FALSE(words.has_input_within(5));
}
