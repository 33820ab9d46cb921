// What braces in a command are: a placeholder, a mistake in one, or text.
#include "command/command_template.hpp"

#include <doctest/doctest.h>

using namespace prun::command;
using Words = std::vector<std::string>;

namespace {

Filling filling(std::vector<std::string_view> inputs) {
  Filling made{std::move(inputs), 7, 2};
  made.total = 120;
  made.slots = 16;
  return made;
}

std::string expand(const std::string& word, std::vector<std::string_view> inputs = {"d/a.b.c", "x.y"},
                   const PlaceholderSyntax& syntax = {}) {
  return CommandTemplate::of_words({"c", word + ' '}, false, syntax).value().expand(filling(std::move(inputs))).at(1);
}

std::string script(std::string_view text) {
  return CommandTemplate::of_script(text, true).value().expand(filling({"d/a.b.c"})).at(2);
}

std::string problem(const std::string& word, const PlaceholderSyntax& syntax = {}) {
  return CommandTemplate::of_words({"c", word}, true, syntax).error();
}

}  // namespace

TEST_CASE("positions go with every view of an input") {
  CHECK(expand("{1..}") == "d/a ");
  CHECK(expand("{-1.}") == "x ");
  CHECK(expand("{-2/..}") == "a ");
  CHECK(expand("{1+/}") == "d ");
  CHECK(expand("{2%.y}") == "x ");
  CHECK(expand("{1#d/}") == "a.b.c ");
  CHECK(expand("{1/[.]/-}") == "d/a-b.c ");
}

TEST_CASE("numbers of tasks and workers, padded and formatted") {
  CHECK(expand("{#}/{##} {0#} {%} {0%}") == "7/120 007 2 02 ");
  CHECK(expand("{#:%04d} {#:%4d} {#:%d}") == "0007    7 7 ");
  CHECK(problem("{#:%x}") == "{#:%x}: the format of a number is %d, %4d or %04d, with a width of at most 100");
}

TEST_CASE("the placeholder that needs the number of all tasks is known") {
  CHECK(CommandTemplate::of_words({"echo", "{#}-{0#}"}, true)->total_placeholder() == "{0#}");
  CHECK(CommandTemplate::of_words({"echo", "{#} {0%}"}, true)->total_placeholder().empty());
}

TEST_CASE("a placeholder in another pair of braces is text") {
  CHECK(expand("{{}} {{.}} {{1}} {{0}} {{##}}") == "{} {.} {1} {0} {##} ");
  CHECK(expand("{{x}} {{ {} }}", {"i"}) == "{{x}} {{ i }} ");
  CHECK(script("echo '{{}}' {{}} {}") == "echo '{}' {} d/a.b.c");
}

TEST_CASE("what other programs write in braces stays text") {
  for (const std::string text : {"{print $1}", "${x}",       "{a,b}",           "{1..5}",       "{01..10..3}",
                                 "{a..z}",     "a{2,3}",     "${#x}",           "${x%.gz}",     "${1%.gz}",
                                 "${1##*/}",   "${1/a/b}",   "/a/{/b/d}",       "%{http_code}", "{%s}",
                                 "{.Names}",   "#{pane_id}", "{\"a\":1}",       "{-}",          "{",
                                 "}",          "{=}",        "{/usr/lib,/lib}", "{1-3}"}) {
    INFO(text);
    CHECK(expand(text) == text + ' ');
  }
}

TEST_CASE("a mistake in a placeholder is an error that names the nearest one") {
  CHECK(problem("x{....}") ==
        "{....}: there is no such placeholder; did you mean {...}? For the text itself, write {{....}}");
  CHECK(problem("{2./}").starts_with("{2./}: there is no such placeholder; did you mean {2.}?"));
  CHECK(problem("{%%%}").starts_with("{%%%}: there is no such placeholder; did you mean {%}?"));
  CHECK(problem("{1%}").starts_with("{1%}: there is no such placeholder; did you mean {%}?"));
  CHECK(problem("{0.}") == "{0.}: inputs are counted from 1: the first is {1.}. For the text itself, write {{0.}}");
  CHECK(problem("{= s/a/b/ =}") ==
        "{= s/a/b/ =}: prun does not run Perl expressions; use {/regex/text}, or change $1 in a script");
  CHECK(problem("{/[/_}") == "{/[/_}: its regular expression is wrong: missing ]: [");
}

TEST_CASE("a regex may have braces") { CHECK(expand("{/a{2}/_}{/\\}/b}", {"aaa}"}) == "_a}aaab "); }

TEST_CASE("new placeholders are quoted in a script as the old ones are") {
  CHECK(
      CommandTemplate::of_script("echo \"{/a/$x}\" {+/}z ${1%.c} {##}", true).value().expand(filling({"q a"})).at(2) ==
      "echo \"\"'q $x'\"\" ''z ${1%.c} 120");
  CHECK(script("echo $(({#:%02d} + {##}))") == "echo $((07 + 120))");
  CHECK_FALSE(CommandTemplate::of_script("echo $(({#:%2d}))", true));
  CHECK(CommandTemplate::of_script("echo `wc {..}`", true).error().starts_with("column 10: {..} stands in backquotes"));
}

TEST_CASE("another text can be the placeholder, and then {} is text") {
  CHECK(expand("a@b {} {.}", {"x.y"}, {"@", {}}) == "ax.yb {} x ");
  CHECK(CommandTemplate::of_script("echo @", true, {"@", {}})->expand(filling({"a b"})).at(2) == "echo 'a b'");
}

TEST_CASE("names of columns stand for their inputs") {
  const PlaceholderSyntax syntax{"{}", {"name", "nam", "size"}};
  CHECK(expand("{size}-{name.}-{nam}", {"a.x", "b", "3"}, syntax) == "3-a-b ");
  CHECK(problem("{nmae}", syntax).starts_with("{nmae}: there is no such placeholder; did you mean {name}?"));
  CHECK(expand("{print $1}", {}, syntax) == "{print $1} ");
}

TEST_CASE("placeholders that only GNU parallel has are text, and errors with --plus") {
  const PlaceholderSyntax plus{"{}", {}, true};
  for (const std::string text :
       {"{:2}", "{:0:2}", "{^a}", "{^^}", "{,}", "{,,a}", "{:-x}", "{slot}", "{seq}", "{uniq}"}) {
    INFO(text);
    CHECK(expand(text) == text + ' ');
    CHECK(problem(text, plus).starts_with(text + ": prun does not have this placeholder of --plus; "));
    CHECK(expand("$" + text, {}, plus) == "$" + text + ' ');
  }
  CHECK(expand("{..} {a,b} {2,3} {print $1}", {"x.y.z"}, plus) == "x {a,b} {2,3} {print $1} ");
}

TEST_CASE("a Perl expression that a shell has split into words is refused") {
  const auto problem_of = [](const Words& words) { return CommandTemplate::of_words(words, true).error(); };
  const std::string advice = ": prun does not run Perl expressions; use {/regex/text}, or change $1 in a script";
  CHECK(problem_of({"echo", "{=", "s/a/b/", "=}"}) == "{= s/a/b/ =}" + advice);
  CHECK(problem_of({"echo", "{=1", "s/a/b/", "=}"}) == "{=1 s/a/b/ =}" + advice);
  CHECK(problem_of({"cp", "{}", "x{=", "s/a/b/", "=}y"}) == "{= s/a/b/ =}" + advice);
  for (const Words& words :
       {Words{"c", "{=", "x"}, Words{"c", "=}", "{="}, Words{"c", "${=", "=}"}, Words{"c", "{{=", "=}"}})
    CHECK(CommandTemplate::of_words(words, false).has_value());
}
