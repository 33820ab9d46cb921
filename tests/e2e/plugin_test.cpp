// Plugins as a user runs them: the real binary, real shared libraries, workers that crash.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

const std::string folder = std::string(PRUN_TEST_PLUGIN_DIR) + "/native";
const std::string sample = folder + "/sample.so";

Result run_with_path(std::vector<std::string> arguments, std::string path) {
  Command command = prun_command(std::move(arguments));
  command.environment.emplace_back("PRUN_PLUGIN_PATH", std::move(path));
  return run_command(std::move(command));
}

}  // namespace

TEST_CASE("plugins: every mode maps over a function of a plugin") {
  for (const std::string mode : {"map", "imap", "submit", "starmap"}) {
    const Result run = run_prun({mode, sample + ":steps", "1..4", "27", "--format", "{result}"});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == "0\n1\n7\n2\n111\n");
  }
}

TEST_CASE("plugins: workers run initializers before their first call") {
  for (const std::vector<std::string>& pool :
       {std::vector<std::string>{"-j", "2", "-c", "10"}, {"--threads"}, {"-j", "2", "--max-tasks-per-child", "5"}}) {
    std::vector<std::string> arguments{"imap", "--plugin", sample, "task", "1..100", "--format", "{result}"};
    arguments.insert(arguments.end(), pool.begin(), pool.end());
    Result run = run_prun(arguments);
    INFO(run);
    CHECK(run.status == 0);
    CHECK(lines_of(run.out).size() == 100);
    std::string calls;
    for (int i = 0; i < 50; ++i) calls += "[\"initializations\"]\n";
    arguments = {"submit", "--plugin", sample, "--format", "{result}"};
    arguments.insert(arguments.end(), pool.begin(), pool.end());
    run = run_prun(arguments, calls);
    INFO(run);
    const std::vector<std::string> lines = lines_of(run.out);
    CHECK(lines.size() == 50);
    CHECK(std::count(lines.begin(), lines.end(), "[1,2]") == 50);
  }
}

TEST_CASE("plugins: a forked child that returns from a function exits and is not a second worker") {
  const std::string kinds = folder + "/kinds.so";
  for (const std::string pool : {"-j2", "-j1", "--threads"}) {
    // A raw clone(2) beside other threads copies their locks, so there it cannot work whoever calls it.
    const std::string last = pool == "--threads" ? "return" : "clone";
    std::string calls;
    std::string expected;
    for (int i = 0; i < 30; ++i) {
      for (const std::string& how : {std::string("return"), std::string("throw"), last}) {
        calls += "[\"" + kinds + ":forked\", \"" + how + "\"]\n";
      }
      expected += "0\n256\n0\n";
    }
    const Result run = run_prun({"submit", pool, "--format", "{result}"}, calls);
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == expected);
    CHECK(run.err.find(", which a task forked, ended with std::runtime_error: thrown in the child\n") !=
          std::string::npos);
  }
}

TEST_CASE("plugins: state belongs to the worker and lasts as long as the worker") {
  std::string calls;
  for (int i = 0; i < 6; ++i) calls += "[\"" + sample + ":calls\"]\n";
  Result run = run_prun({"submit", "-j", "1", "--format", "{result}"}, calls);
  INFO(run);
  CHECK(run.out == "1\n2\n3\n4\n5\n6\n");
  run = run_prun({"submit", "-j", "1", "--max-tasks-per-child", "2", "--format", "{result}"}, calls);
  INFO(run);
  CHECK(run.out == "1\n2\n1\n2\n1\n2\n");
}

TEST_CASE("plugins: an exception, a crash and an exit fail only their task") {
  for (const std::string& plugin : {sample + ":", std::string()}) {
    std::vector<std::string> arguments{"submit",
                                       plugin + "steps(27)",
                                       plugin + "refuse(3)",
                                       plugin + "crash()",
                                       plugin + "leave(7)",
                                       plugin + "steps(97)",
                                       "-j",
                                       "2"};
    if (plugin.empty()) arguments.insert(arguments.end(), {"--plugin", sample});
    const Result run = run_prun(arguments);
    INFO(run);
    CHECK(run.status == 1);
    CHECK(run.out == plugin + "steps(27) = 111\n" + plugin + "steps(97) = 118\n");
    CHECK(run.err.find(plugin + "refuse(3): std::domain_error: not 3\n") != std::string::npos);
    CHECK(run.err.find("SIGSEGV") != std::string::npos);
    CHECK(run.err.find("exited with status 7") != std::string::npos);
    CHECK(lines_of(run.err).size() == 3);
  }
}

TEST_CASE("plugins: large arguments and results arrive unchanged") {
  const Result run = run_prun({"map", sample + ":repeat", "20000000", "--format", "{result}"});
  CHECK(run.status == 0);
  CHECK(run.out.size() == 20'000'001);
  const Result back = run_prun({"imap", sample + ":view", "-", "--format", "{result}"}, run.out);
  CHECK(back.status == 0);
  CHECK(back.out == run.out);
}

TEST_CASE("plugins: task files and calls name functions of plugins") {
  const std::string task = R"({"function": ")" + sample + R"(:power", "args": [2], "kwargs": {"exponent": 8}})";
  const Result run = run_prun({"submit", "--output", "jsonl"}, "[\"fib\", 8]\n" + task + "\n");
  INFO(run);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["result"] == 256.0);
  CHECK(lines[1]["function"] == sample + ":power");
  const Result apply = run_prun({"apply", sample + ":power(2, exponent=8)", "--format", "{result}"});
  CHECK(apply.out == "256.0\n");
}

TEST_CASE("plugins: an input that looks like a call of a plugin is data and loads nothing") {
  const std::string word = folder + "/missing.so:f(1)";
  const Result run = run_prun({"map", "identity", word, sample + ":steps(1)", "--format", "{result}"});
  INFO(run);
  CHECK(run.out == word + "\n" + sample + ":steps(1)\n");
  CHECK(run_prun({"map", sample + ":steps", "1", sample + ":steps(1)"}).err.find("cannot be mixed") !=
        std::string::npos);
}

TEST_CASE("plugins: the same seed for the same index on any number of workers") {
  std::set<std::string> outputs;
  for (const std::string jobs : {"1", "2", "5"}) {
    const Result run = run_prun({"map", sample + ":task", "1..50", "-j", jobs, "--seed", "9", "--format", "{result}"});
    CHECK(run.status == 0);
    outputs.insert(run.out);
  }
  CHECK(outputs.size() == 1);
}

TEST_CASE("plugins: --plugin makes functions known by their bare names") {
  Result run = run_prun({"functions", "--plugin", sample});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out.find("steps(n: integer) -> integer") != std::string::npos);
  CHECK(run.out.find("fib(n: integer) -> integer") != std::string::npos);
  run = run_prun({"map", "--plugin", folder + "/plain_c.so", "--plugin=" + sample, "add", "1", "--format", "{result}"});
  INFO(run);
  CHECK(run.out == "2\n");
  run = run_prun({"map", "--plugin", folder + "/other.so", "fib", "1"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("has a function fib, and another function has that name; omit --plugin and call it " + folder +
                     "/other.so:fib") != std::string::npos);
}

TEST_CASE("plugins: PRUN_PLUGIN_PATH is searched") {
  CHECK(run_with_path({"map", "sample:steps", "27", "--format", "{result}"}, "/nowhere:" + folder).out == "111\n");
  CHECK(run_with_path({"map", "sample.so:steps", "27", "--format", "{result}"}, folder).out == "111\n");
  CHECK(run_with_path({"map", "--plugin", "sample", "steps", "27", "--format", "{result}"}, folder).out == "111\n");
  const Result run = run_with_path({"map", "--plugin", "missing", "steps", "27"}, folder);
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("missing.so is not in PRUN_PLUGIN_PATH (" + folder + ")") != std::string::npos);
}

TEST_CASE("plugins: an unusable plugin is an error before any task runs") {
  for (const auto& [target, message] : std::vector<std::pair<std::string, std::string>>{
           {folder + "/interface_two.so:f", "was built for plugin interface 2, this prun has 1"},
           {folder + "/missing.so:f", "cannot be loaded: cannot open shared object file"},
           {folder + "/unresolved.so:use", "undefined symbol: function_that_nobody_has"},
           {folder + "/sample.so:stesp", "did you mean steps?"},
           {folder + "/throws_when_loaded.so:use", "the initializer of a global variable threw no server"},
           {"libc.so.6:getpid", "is not a prun plugin"}}) {
    const Result run = run_prun({"map", target, "1"});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.find(message) != std::string::npos);
  }
}

TEST_CASE("plugins: a failing initializer fails the tasks, with its message") {
  const Result run = run_prun({"map", folder + "/bad_initializer.so:use", "1..3", "-j", "2"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(lines_of(run.err).size() == 3);
  CHECK(run.err.find("use(1): std::runtime_error: the initializer of ") != std::string::npos);
  CHECK(run.err.find("failed: no model at /models") != std::string::npos);
}
