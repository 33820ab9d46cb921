// Placeholders and inputs of GNU parallel under prun. If GNU parallel is installed, both run the same command lines.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace prun::test;

namespace {

using Words = std::vector<std::string>;

bool has_parallel() {
  static const bool found =
      run_command(
          Command{{"/bin/sh", "-c", "command -v parallel >/dev/null && parallel --version </dev/null | grep -q GNU"}})
          .status == 0;
  if (!found) MESSAGE("SKIPPED: GNU parallel is not installed, so prun is not compared with it");
  return found;
}

Words join(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Both print the same for these options, command and inputs.
void check_same(const Words& options, const Words& command, const Words& inputs, const std::string& input = {}) {
  CAPTURE(command.back());
  const Result ours = run(join(join(join({"imap"}, options), join({"--"}, command)), inputs), input);
  Command gnu{join(join(join({"parallel", "--will-cite", "-k", "--plus"}, options), command), inputs)};
  gnu.input = input;
  const Result theirs = run_command(gnu);
  CHECK(ours.err.empty());
  CHECK(ours.out == theirs.out);
}

}  // namespace

TEST_CASE("placeholders show parts of the input, numbers and replacements") {
  CHECK(run({"imap", "--", "echo", "{..} {+/} {+..} {%.gz} {#d/} {/t[a-z]+/zip} {-1/..}", ":::", "d/a.tar.gz"}).out ==
        "d/a d tar.gz d/a.tar a.tar.gz d/a.zip.gz a\n");
  CHECK(run({"imap", "--sh", "echo \"{#:%03d}/{##}\" {0#} {{}} ${PARALLEL_SEQ} {..}", "--", "a b", "c", "d", "e", "f",
             "g", "h", "i", "j", "k"})
            .out.starts_with("001/10 01 {} 1 a b\n002/10 02 {} 2 c\n"));
}

TEST_CASE("a placeholder that does not exist ends the command line with a suggestion") {
  const Result result = run({"imap", "--", "echo", "{....}", ":::", "a"});
  CHECK(result.status == 2);
  CHECK(result.err.find("{....}: there is no such placeholder; did you mean {...}?") != std::string::npos);
  CHECK(run({"imap", "--cmd", "awk '{print $1}' {0}", "a"}).status == 2);
}

TEST_CASE("a placeholder for the number of all tasks is refused if the number is unknown") {
  const Result result = run({"imap", "--cmd", "echo {#}/{##}"}, "a\nb\n");
  CHECK(result.status == 2);
  CHECK(result.err.starts_with("prun: {##} needs the number of all tasks"));
}

TEST_CASE("GNU parallel shows the same parts of paths") {
  if (!has_parallel()) return;
  const Words inputs{":::", "d/e/a.tar.gz", "a", "a.b", "/x/y.z", "./b.c.d.e.f", "a b.c d", "x.y/z", "it's.a.b"};
  for (const std::string placeholder : {"{}", "{.}", "{..}", "{...}", "{/}", "{/.}", "{/..}", "{/...}", "{//}", "{+/}",
                                        "{#} {##} {0#} {}", "{%.gz}", "{#d/}", "{/a/_}", "{1..}"}) {
    check_same({}, {"echo", "+" + placeholder + "+"}, inputs);
  }
  check_same({}, {"echo", "{+.} {+..} {+...}"}, {":::", "a.b.c.d.e", "a.b", "d/a.b.c"});
}

TEST_CASE("columns have names, from a header") {
  const Words command{"imap", "--csv", "--header", ":", "--sh", "echo {size}: {file name.}"};
  CHECK(run(command, "file name,size\n\"a,b.c\",3\nd.e,4\n").out == "3: a,b\n4: d\n");
  const Result result = run({"imap", "--header", ":", "--cmd", "echo {nmae}"}, "name\nx\n");
  CHECK(result.status == 2);
  CHECK(result.err.find("{nmae}: there is no such placeholder; did you mean {name}?") != std::string::npos);
  const Result bad = run({"imap", "--csv", "--cmd", "echo"}, "a\"b\n");
  CHECK(bad.status == 2);
  CHECK(bad.err.find("line 1: a field with a quote must be in quotes") != std::string::npos);
}

TEST_CASE("GNU parallel reads inputs the same way") {
  if (!has_parallel()) return;
  check_same({"--link"}, {"echo"}, {":::", "a", "b", "c", ":::", "1", "2"});
  check_same({"-d", ","}, {"echo", "+{}+"}, {}, "a,b,,c");
  check_same({"-d", "\\t"}, {"echo", "+{}+"}, {}, "a\tb");
  check_same({"-I", "@@"}, {"echo", "x@@y"}, {":::", "a", "b"});
  check_same({"--header", ":"}, {"echo", "{b}{a}"}, {":::", "a", "1", "2", ":::", "b", "x", "y"});
  check_same({"--header", ":", "--colsep", ","}, {"echo", "{b}{a}"}, {}, "a,b\n1,2\n");
  check_same({"-n", "0"}, {"echo", "x"}, {":::", "a", "b"});
  for (const std::string ends : {"l", "r", "lr", "rl", "n"}) {
    check_same({"--trim", ends}, {"echo", "+{}+"}, {":::", " a ", "b  c "});
  }
}

TEST_CASE("a random order is the same for the same seed") {
  const Words line{"imap", "--shuf", "--seed", "3", "--cmd", "echo", "1..40"};
  const std::string shuffled = run(line).out;
  CHECK(run(line).out == shuffled);
  std::string in_order = run({"imap", "--cmd", "echo", "1..40"}).out;
  CHECK(shuffled != in_order);
  std::string sorted = shuffled;
  std::sort(sorted.begin(), sorted.end());
  std::sort(in_order.begin(), in_order.end());
  CHECK(sorted == in_order);
}
