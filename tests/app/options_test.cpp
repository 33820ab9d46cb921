// From command lines to what they ask for.
#include "app/options.hpp"

#include "app/usage_error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace prun::app;
using Words = std::vector<std::string>;

namespace {

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "prun");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

RunTasks run_of(std::vector<const char*> arguments) { return std::get<RunTasks>(parse(std::move(arguments))); }

}  // namespace

TEST_CASE("the mode decides how inputs become arguments and how results look") {
  CHECK(run_of({"map", "fib", "1"}).input.unpack == false);
  CHECK(run_of({"starmap", "fib", "1"}).input.unpack == true);
  CHECK(run_of({"apply", "fib", "1"}).input.one_call == true);
  CHECK(run_of({"submit"}).output.style == prun::TextStyle::calls);
  CHECK(run_of({"imap-unordered"}).output.style == prun::TextStyle::pairs);
  CHECK(run_of({"imap-unordered"}).run.mode == prun::Mode::imap_unordered);
}

TEST_CASE("words that are not options are inputs without change") {
  CHECK(run_of({"map", "fib", "-5", "-0.5", "-3..3", "[2,4]", "[]", "{}", "", "-"}).input.words ==
        Words{"fib", "-5", "-0.5", "-3..3", "[2,4]", "[]", "{}", "", "-"});
  CHECK(run_of({"map", "fib", "--", "--jobs", "--", "-0"}).input.words == Words{"fib", "--jobs", "--", "-0"});
}

TEST_CASE("after ::: no word is an option, and only another separator ends a list") {
  const RunTasks run = run_of({"imap", "-j3", "--cmd", "echo {}", "1..2", ":::", "a", "--dry-run", "-j9", "--",
                               "--help", ":::+", "-0", "--jobs=7", "x", "::::", "--file"});
  CHECK(run.run.workers == 3);
  REQUIRE(run.command);
  CHECK_FALSE(run.command->dry_run);
  CHECK_FALSE(run.command->inputs.null_separated);
  const auto& lists = run.command->inputs.lists;
  REQUIRE(lists.size() == 4);
  CHECK(lists[0].words == Words{"1..2"});
  CHECK(lists[0].literal_from == 1);
  CHECK(lists[1].words == Words{"a", "--dry-run", "-j9", "--", "--help"});
  CHECK(lists[1].literal_from == 0);
  CHECK(lists[2].words == Words{"-0", "--jobs=7", "x"});
  CHECK(lists[2].linked);
  CHECK(lists[3].file == "--file");
}

TEST_CASE("after -- the inputs of --cmd are not interpreted") {
  const RunTasks run = run_of({"imap", "--cmd", "echo {}", "1..2", "--", "1..3", ":::", "a", "-", "--help"});
  REQUIRE(run.command);
  REQUIRE(run.command->inputs.lists.size() == 1);
  CHECK(run.command->inputs.lists[0].words == Words{"1..2", "1..3", ":::", "a", "-", "--help"});
  CHECK(run.command->inputs.lists[0].literal_from == 1);
  CHECK(run_of({"imap", "--cmd", "echo {}", "--"}).command->inputs.lists.size() == 1);
}

TEST_CASE("without --cmd the words after -- are the command and its lists") {
  const RunTasks run = run_of({"imap", "--", "echo", "--jobs", "1..3", ":::", "-", "1..3", ":::", "--"});
  REQUIRE(run.command);
  CHECK(run.command->name == "echo --jobs 1..3");
  REQUIRE(run.command->inputs.lists.size() == 2);
  CHECK(run.command->inputs.lists[0].words == Words{"-", "1..3"});
  CHECK(run.command->inputs.lists[0].literal_from == 0);
  CHECK(run.command->inputs.lists[1].words == Words{"--"});
}

TEST_CASE("a function has one list, and its words are values") {
  const RunTasks run = run_of({"map", "fib", "1..2", ":::", "3", "--help"});
  CHECK_FALSE(run.command);
  CHECK(run.input.words == Words{"fib", "1..2", "3", "--help"});
  CHECK(run.input.values_from == 2);
  CHECK(run_of({"map", "fib", "--", "3"}).input.plain_from == 1);
  CHECK_THROWS_AS(run_of({"map", ":::", "3"}), UsageError);
  CHECK_THROWS_AS(run_of({"map", "fib", ":::", "3", ":::", "4"}), UsageError);
  CHECK_THROWS_AS(run_of({"map", "fib", "::::", "file"}), UsageError);
}

TEST_CASE("options have every usual form") {
  CHECK(run_of({"-j4", "map"}).run.workers == 4);
  CHECK(run_of({"map", "--jobs=4"}).run.workers == 4);
  CHECK(run_of({"map", "--workers", "4"}).run.workers == 4);
  CHECK(run_of({"map", "-qj4"}).run.workers == 4);
  CHECK(run_of({"map", "-j2", "-j", "3"}).run.workers == 3);
  CHECK(run_of({"map", "-0"}).input.null_separated);
  CHECK(run_of({"map", "-q0j2"}).run.workers == 2);
  CHECK(run_of({"map", "-q0j2"}).input.null_separated);
  CHECK(run_of({"map", "fib", "-05", "-00", "-0.5"}).input.words == Words{"fib", "-05", "-00", "-0.5"});
  CHECK(run_of({"map", "--format", "[{args}]"}).output.format_template == "[{args}]");
}

TEST_CASE("plugins are given one by one, and do not take the words behind them") {
  const RunTasks run = run_of({"map", "--plugin", "a.so", "f", "--plugin=b.so", "1"});
  CHECK(run.functions.plugins == Words{"a.so", "b.so"});
  CHECK(run.input.words == Words{"f", "1"});
  CHECK(std::get<ListFunctions>(parse({"functions", "--plugin", "a.so"})).functions.plugins == Words{"a.so"});
}

TEST_CASE("the older numbers of --halt mean today's policies") {
  using prun::HaltPolicy;
  const auto halt = [](const char* text) { return run_of({"map", "--halt", text}).run.halt; };
  CHECK(halt("0").when == run_of({"map"}).run.halt.when);
  CHECK(halt("1").when == HaltPolicy::When::soon);
  CHECK(halt("1").what == HaltPolicy::What::fail);
  CHECK(halt("1").count == 1);
  CHECK(halt("2").when == HaltPolicy::When::now);
  CHECK(halt("-2").what == HaltPolicy::What::success);
  CHECK(halt("50%").percent == 50);
}

TEST_CASE("a new project has a name") {
  CHECK(std::get<NewProject>(parse({"new", "plugin", "mine"})).name == "mine");
  CHECK_THROWS_AS(parse({"new", "plugin"}), UsageError);
}

TEST_CASE("--joblog appends to a file with a sign before its name") {
  const auto joblog = [](const char* value) { return *run_of({"map", "fib", "1", "--joblog", value}).joblog; };
  CHECK(joblog("log").path == "log");
  CHECK_FALSE(joblog("log").appends);
  CHECK(joblog("+log").path == "log");
  CHECK(joblog("+log").appends);
  CHECK(joblog("./+log").path == "./+log");
  CHECK_FALSE(joblog("./+log").appends);
  CHECK_THROWS_AS(parse({"map", "fib", "1", "--joblog", "+"}), UsageError);
}

TEST_CASE("chunk sizes are a number or auto") {
  CHECK_FALSE(run_of({"map"}).run.chunksize.has_value());
  CHECK(run_of({"map", "-c", "7"}).run.chunksize == 7);
  CHECK(run_of({"map", "-c", "auto"}).run.guided_chunks);
  CHECK_FALSE(run_of({"map", "-c", "auto"}).run.chunksize.has_value());
}

TEST_CASE("tasks are timed only if an output needs the times") {
  CHECK_FALSE(run_of({"map"}).run.measure);
  CHECK_FALSE(run_of({"map", "--format", "{time} {result}"}).run.measure);
  CHECK(run_of({"map", "--format", "{duration}"}).run.measure);
  CHECK(run_of({"map", "--output", "csv"}).run.measure);
  CHECK(run_of({"map", "--log-level", "debug"}).run.measure);
}

TEST_CASE("a usage error names the help of its mode") {
  try {
    (void)parse({"imap-unordered", "--jobz", "3"});
    FAIL("accepted");
  } catch (const UsageError& e) {
    CHECK(e.what() == std::string("unknown option --jobz; did you mean --jobs?"));
    CHECK(e.help_command() == "prun imap_unordered --help");
  }
}

TEST_CASE("help is printed even if other words are wrong") {
  CHECK(std::holds_alternative<PrintText>(parse({"--help"})));
  CHECK(std::holds_alternative<PrintText>(parse({"map", "--help", "--chunksize", "0"})));
  CHECK(std::holds_alternative<PrintText>(parse({"--version"})));
}
