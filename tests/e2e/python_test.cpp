// Python functions as a user runs them, in every CPython from 3.8 on that is found here.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

using namespace prun::test;

namespace {

const std::string folder = PRUN_SOURCE_DIR "/tests/python/modules";
const std::string article = folder + "/article.py";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Runs prun in the folder of the modules.
Command in_folder(std::vector<std::string> arguments, std::string input = {}) {
  Command command = prun_command(std::move(arguments), std::move(input));
  std::string line = "cd '" + folder + "' && exec \"$0\" \"$@\"";
  command.arguments.insert(command.arguments.begin(), {"sh", "-c", std::move(line)});
  command.environment.emplace_back("PYTHONDONTWRITEBYTECODE", "1");
  return command;
}

Result run_python(std::vector<std::string> arguments, std::string input = {}) {
  Result run = run_command(in_folder(std::move(arguments), std::move(input)));
  CHECK_FALSE(run.timed_out);
  return run;
}

/// What runs when one types `python3.MINOR`; empty: nothing.
std::string python_of_minor(int minor) {
  Command command;
  command.arguments = {"sh", "-c", "python3." + std::to_string(minor) + " -c 'import sys; print(sys.executable)'"};
  const Result run = run_command(std::move(command));
  return run.status == 0 ? lines_of(run.out).at(0) : "";
}

std::string program_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

nlohmann::json error_of(const std::string& call, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"submit", "--output", "jsonl"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Result run = run_python(arguments, call + "\n");
  INFO(run);
  CHECK(run.status == 1);
  REQUIRE(lines_of(run.out).size() == 1);
  return json_lines(run.out).at(0).at("error");
}

}  // namespace

TEST_CASE("python: a forked child that returns or fails does not hang a run with a time limit") {
  for (const std::string end : {"return x", "raise OSError('in the child')", "os.execv('/nowhere', ['x'])"}) {
    const std::string code = "import os\ndef f(x):\n    if os.fork() == 0:\n        " + end + "\n    return x\n";
    const Result result =
        run_prun({"map", "-j", "2", "--timeout", "30s", "--output", "raw", "--python-code", code, "f", "1..4"});
    INFO(result);
    CHECK_FALSE(result.timed_out);
    CHECK(result.status == 0);
    CHECK(result.out == "1\n2\n3\n4\n");
  }
}

TEST_CASE("python: every mode maps over a function of a file") {
  for (const std::string mode : {"map", "imap", "submit", "starmap"}) {
    const Result run = run_python({mode, "article.py:fib", "1..5", "20", "--format", "{result}"});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == "1\n2\n3\n5\n8\n10946\n");
  }
  CHECK(run_python({"starmap", "article.py:ackermann", "0..2,0..3", "--format", "{result}"}).out ==
        "1\n2\n3\n4\n2\n3\n4\n5\n3\n5\n7\n9\n");
  CHECK(run_python({"submit"}, "[\"article.py:fib\", 8]\n").out == "article.py:fib(8) = 34\n");
}

namespace {

void runs_in_python(int minor) {
  const std::string python = python_of_minor(minor);
  if (python.empty()) {
    MESSAGE("skipped: there is no python3." << minor << " on PATH");
    return;
  }
  Result run = run_python({"map", "article.py:fib", "1..20", "--python", python, "-j", "2", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).size() == 20);
  CHECK(lines_of(run.out).back() == "10946");
  run = run_python({"submit", "--python", python, "-j", "1", "--output", "jsonl"},
                   R"(["article.py:echo", null, true, -1, 18446744073709551615, 1.5, "\u00e9", [1, [2]], {"k": []}]
["article.py:number", 1]
["article.py:tuples", 1]
["article.py:show", "x"]
["article.py:beyond", 1]
["article.py:deep", 1]
["article.py:bad_text", 1]
["kinds.py:die", 9]
["kinds.py:leave", 7]
["article.py:fib", 10]
)");
  INFO(run);
  CHECK(run.status == 1);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 10);
  CHECK(lines[0].at("result") ==
        nlohmann::json::parse(R"([[null,true,-1,18446744073709551615,1.5,"é",[1,[2]],{"k":[]}],{}])"));
  CHECK(lines[1].at("result").at("umax") == 18446744073709551615u);
  CHECK(lines[1].at("result").at("min") == INT64_MIN);
  CHECK(lines[2].at("result") == nlohmann::json::parse(R"([[1,[2,3],{"k":[4]}],{"5":"five"}])"));
  CHECK(lines[3].at("result") == "x");
  CHECK(contains(lines_of(run.out)[4], "\"result\":18446744073709551617"));
  CHECK(lines[5].at("error").at("type") == "RecursionError");
  CHECK(lines[6].at("error").at("type") == "article.BadText");
  CHECK(lines[7].at("error").at("signal") == SIGKILL);
  CHECK(lines[8].at("error").at("exit_status") == 7);
  CHECK(lines[9].at("result") == 89);
}

}  // namespace

TEST_CASE("python: CPython 3.8") { runs_in_python(8); }
TEST_CASE("python: CPython 3.9") { runs_in_python(9); }
TEST_CASE("python: CPython 3.10") { runs_in_python(10); }
TEST_CASE("python: CPython 3.11") { runs_in_python(11); }
TEST_CASE("python: CPython 3.12") { runs_in_python(12); }
TEST_CASE("python: CPython 3.13") { runs_in_python(13); }
TEST_CASE("python: CPython 3.14") { runs_in_python(14); }

TEST_CASE("python: files, modules, packages, class members") {
  const std::vector<std::pair<std::string, std::string>> calls{
      {"package.module:halve(5)", "2.5"},    {"article:fib(5)", "8"},
      {"./article.py:fib(5)", "8"},          {article + ":fib(5)", "8"},
      {"article.py:Tools.twice(4)", "8"},    {"article.py:Tools.named(4)", "Tools4"},
      {"article.py:_private(4)", "4"},       {"article.py:triple(4)", "12"},
      {"article.py:sibling_value(2)", "42"}, {"math:sqrt(16)", "4.0"},
      {"json:dumps([1, 2])", "[1, 2]"},
  };
  for (const auto& [call, result] : calls) {
    const std::size_t open = call.find('(');
    const std::string line =
        "[\"" + call.substr(0, open) + "\", " + call.substr(open + 1, call.size() - open - 2) + "]";
    const Result run = run_python({"submit", "--format", "{result}"}, line + "\n");
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == result + "\n");
  }
}

TEST_CASE("python: positional and keyword arguments are checked before any task runs") {
  const auto greet = [](const std::string& args, const std::string& kwargs) {
    return run_python({"submit", "--format", "{result}"},
                      R"({"function": "article.py:greet", "args": )" + args + R"(, "kwargs": )" + kwargs + "}\n");
  };
  CHECK(greet("[\"Ada\"]", "{}").out == "hello, Ada!\n");
  CHECK(greet("[\"Ada\", \"hi\"]", R"({"mark": "?"})").out == "hi, Ada?\n");
  CHECK(greet("[]", R"({"greeting": "hi", "name": "Bob"})").out == "hi, Bob!\n");
  const std::string form = "article.py:greet(name: any, greeting: any = \"hello\", *, mark: any = \"!\") ";
  for (const auto& [args, kwargs, message] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"[]", "{}", "misses the argument name"},
           {"[1, 2, 3]", "{}", "takes at most 2 positional arguments, got 3"},
           {"[1]", R"({"name": 2})", "got name twice, as positional and as keyword argument"},
           {"[1]", R"({"colour": 2})", "has no parameter colour"}}) {
    const Result run = greet(args, kwargs);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(contains(run.err, form + message));
  }
  CHECK(run_python({"map", "article.py:ackermann", "1"}).status == 2);
}

TEST_CASE("python: an initializer runs first, and modules load once per worker") {
  Result run = run_python({"map", "article.py:count", "1..50", "-j", "1", "-c", "1", "--format", "{result}"});
  INFO(run);
  CHECK(lines_of(run.out).back() == "50");
  run = run_python({"map", "article.py:pid", "1..200", "-j", "2", "-c", "1", "--format", "{result}"});
  const auto lines = lines_of(run.out);
  CHECK(std::set<std::string>(lines.begin(), lines.end()).size() <= 2);
  run = run_python({"map", "article.py:setup_value", "1..20", "-j", "2", "--initializer", "article.py:setup('ready')",
                    "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out.find("null") == std::string::npos);
  CHECK(lines_of(run.out).at(19) == "ready");
  run = run_python({"map", "article.py:no_op", "1..20", "--initializer", "kinds.py:fail('not today')"});
  INFO(run);
  CHECK(run.status == 3);
  CHECK(contains(run.err, "not today"));
  run =
      run_python({"map", "article.py:count", "1..6", "-j", "1", "--max-tasks-per-child", "2", "--format", "{result}"});
  CHECK(run.out == "1\n2\n1\n2\n1\n2\n");
}

TEST_CASE("python: output of functions goes to standard error") {
  for (const std::string function : {"show", "write_raw"}) {
    const Result run = run_python({"map", "article.py:" + function, "one", "two", "--format", "{result}", "-j", "1"});
    INFO(run);
    CHECK(run.out == "one\ntwo\n");
    CHECK(contains(run.err, function == "show" ? "shown: one\nand this\n" : "onetwo"));
  }
}

TEST_CASE("python: an exception has its type, message, place and traceback") {
  const auto error = error_of("[\"kinds.py:fail\", \"no such luck\"]");
  CHECK(error.at("kind") == "exception");
  CHECK(error.at("type") == "ValueError");
  CHECK(error.at("message") == "no such luck");
  CHECK(contains(error.at("where").get<std::string>(), "fail (kinds.py:"));
  const std::string traceback = error.at("traceback").get<std::string>();
  CHECK(traceback.starts_with("Traceback (most recent call last):\n  File "));
  CHECK(traceback.ends_with("ValueError: no such luck\n"));
  CHECK(contains(run_python({"map", "kinds.py:fail", "no"}).err,
                 "kinds.py:fail(\"no\"): ValueError: no [at fail (kinds.py:14)]\n"));
}

TEST_CASE("python: results that --default cannot convert fail their calls and cost no worker") {
  for (const auto& [function, message] :
       std::vector<std::pair<std::string, std::string>>{{"kinds.py:no_form", "ValueError: no form"}}) {
    std::string tasks;
    for (int i = 0; i < 20; ++i) tasks += "[\"" + function + "\", 1]\n[\"article.py:count\", 1]\n";
    const Result run = run_python({"imap", "--output", "jsonl", "-j", "1", "--default", "kinds.py:refuse"}, tasks);
    INFO(run);
    const auto lines = json_lines(run.out);
    REQUIRE(lines.size() == 40);
    CHECK(lines[38].at("error").at("kind") == "bad_result");
    CHECK(contains(lines[38].at("error").at("message").get<std::string>(), message));
    CHECK(lines[39].at("result") == 20);
  }
}

TEST_CASE("python: a result that is nested too deeply is given by its repr, with one warning") {
  const Result run = run_python({"map", "-j", "1", "--format", "{result}", "--python-code",
                                 "def deep(n):\n    v = []\n    if n == 1: v += [v, v]\n    else:\n"
                                 "        for _ in range(600): v = [v]\n    return v",
                                 "deep", "1", "2", "2"});
  INFO(run);
  const std::string deep = std::string(601, '[') + std::string(601, ']') + "\n";
  CHECK(run.out == "[[...], [...]]\n" + deep + deep);
  CHECK(run.err == "prun: warning: a result is nested deeper than 512 levels; its repr() stands for it\n");
}

TEST_CASE("python: a lone surrogate in a result is written as an escape, with one warning") {
  const Result run =
      run_python({"map", "-j", "1", "lambda n: ['a' + chr(0xd7ff + n), {chr(0xd7ff + n): n}]", "1", "2"});
  INFO(run);
  CHECK(contains(run.out, "a\\\\ud800"));
  CHECK(contains(run.out, "\"\\\\ud801\":2"));
  CHECK(run.err.find("lone surrogate") == run.err.rfind("lone surrogate"));
  CHECK(run.status == 0);
}

TEST_CASE("python: bytes that are not text, long messages and large results arrive unchanged") {
  CHECK(run_python({"map", "article.py:raw_bytes", "1", "--format", "{result}"}).out == std::string("\xff\0abc\n", 6));
  const auto error = error_of("[\"article.py:long_message\", 1000000]");
  CHECK(error.at("message").get<std::string>().size() == 1'000'000);
  const Result run = run_python({"map", "kinds.py:large", "100000000", "3", "--format", "{result}"});
  CHECK(run.status == 0);
  CHECK(run.out.size() == 100'000'001 + 4);
  const std::string argument(20'000'000, 'x');
  CHECK(run_python({"imap", "--format", "{result}"}, "[\"article.py:no_op\", \"" + argument + "\"]\n").out ==
        argument + "\n");
}

TEST_CASE("python: Python calls and other calls are mixed in one pool") {
  std::string tasks;
  for (int i = 0; i < 300; ++i) {
    tasks += "[\"article.py:no_op\", " + std::to_string(i) + "]\n[\"identity\", " + std::to_string(i) + "]\n";
  }
  for (const std::string workers : {"1", "2"}) {
    const Result run = run_python({"imap", "--format", "{result}", "-j", workers}, tasks);
    INFO(run);
    CHECK(run.status == 0);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == 600);
    for (std::size_t i = 0; i < 600; ++i) CHECK(lines[i] == std::to_string(i / 2));
  }
}

TEST_CASE("python: each thread has its own Python process") {
  const Result run = run_python({"imap", "--threads", "-j", "2", "--output", "jsonl"},
                                "[\"article.py:fib\", 10]\n[\"kinds.py:die\", 11]\n[\"kinds.py:fail\", \"x\"]\n"
                                "[\"article.py:no_op\", 5]\n");
  INFO(run);
  CHECK(run.status == 1);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("result") == 89);
  CHECK(lines[1].at("error").at("kind") == "lost_signal");
  CHECK(lines[2].at("error").at("type") == "ValueError");
  CHECK(lines[3].at("result") == 5);
}

TEST_CASE("python: a module that cannot be loaded is an error before any task runs") {
  for (const auto& [target, message] : std::vector<std::pair<std::string, std::string>>{
           {"nowhere.py:f", "nowhere.py: FileNotFoundError: there is no file nowhere.py"},
           {"no_such_module:f", "no_such_module: ModuleNotFoundError: No module named 'no_such_module'"},
           {"broken.py:fine", "broken.py: RuntimeError: no licence found in <module> (broken.py:5)"},
           {"article.py:fibb", "article.py has no function 'fibb'; did you mean fib?"},
           {"article.py:loads", "article.py has no function 'loads'"},
           {"article.py:Tools.thrice", "AttributeError"}}) {
    const Result run = run_python({"map", target, "1"});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(contains(run.err, message));
  }
  Result run = run_python({"map", "article.py:fib", "1", "--python", "/nowhere/python"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "cannot run /nowhere/python: No such file or directory"));
  run = run_python({"map", "article.py:fib", "1", "--python", "true"});
  INFO(run);
  CHECK(run.status == 2);
}

TEST_CASE("python: prun functions lists the functions of a file and of a module") {
  Result run = run_python({"functions", "article.py"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(run.out, "article.py:fib(n: integer) -> integer"));
  CHECK(contains(run.out, "the n-th Fibonacci number"));
  CHECK(contains(run.out, "article.py:greet(name: any, greeting: any = \"hello\", *, mark: any = \"!\")"));
  CHECK(contains(run.out, "article.py:echo(*, **)"));
  CHECK_FALSE(contains(run.out, "_private"));
  run = run_python({"functions", "package.module", "--output", "json"});
  const auto functions = nlohmann::json::parse(run.out);
  REQUIRE(functions.size() == 1);
  CHECK(functions[0].at("name") == "package.module:halve");
  CHECK(functions[0].at("parameters")[0].at("type") == "number");
  CHECK(functions[0].at("help") == "n by two");
}

TEST_CASE("python: no process outlives prun, kill -9 included") {
  Process process(in_folder({"imap", "kinds.py:hang", "1", "2", "-j", "2"}));
  std::vector<pid_t> all;
  REQUIRE(process.wait_until([&] {
    all = descendants_of(process.pid());
    return all.size() ==
           8;  // the fork server and its guardian (2), two workers, the Python that imports, two forks of it
  }));
  const Witness witness(all);
  process.signal(SIGKILL);
  CHECK(witness.all_ended_within(std::chrono::seconds(10)));
}

TEST_CASE("python: a worker or its Python process that is killed while it sleeps is replaced") {
  for (const bool python_dies : {true, false}) {
    Command command = in_folder({"imap", "-j", "1", "--format", "{result}"}, "[\"article.py:no_op\", 1]\n");
    command.keep_input_open = true;
    Process process(std::move(command));
    REQUIRE(process.wait_for_lines(1));
    const auto all = descendants_of(process.pid());
    REQUIRE(all.size() == 6);
    int killed = 0;
    for (const pid_t pid : all) {
      const bool is_worker = program_of(pid) == "prun-worker";
      const bool is_its_python = program_of(pid).starts_with("python") && descendants_of(pid).empty();
      if (python_dies ? is_its_python : is_worker) killed += ::kill(pid, SIGKILL) == 0 ? 1 : 0;
    }
    REQUIRE(killed == 1);
    process.send("[\"article.py:no_op\", 2]\n[\"identity\", 3]\n");
    process.end_input();
    const Result run = process.wait();
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == "1\n2\n3\n");
  }
}

TEST_CASE("python: a forked child that returns from a function exits like a script and is not a second worker") {
  for (const std::string pool : {"-j2", "-j1", "--threads"}) {
    std::string calls;
    std::string expected;
    for (int i = 0; i < 20; ++i) {
      calls += "[\"kinds.py:forked\", \"return\"]\n[\"kinds.py:forked\", \"exec\"]\n[\"kinds.py:forked\", \"exit\"]\n";
      expected += "0\n256\n1792\n";
    }
    const Result run = run_python({"submit", pool, "--format", "{result}"}, calls);
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == expected);
    CHECK(contains(run.err, "from the child"));
    CHECK(contains(run.err, "FileNotFoundError: [Errno 2]"));
  }
}

TEST_CASE("python: a child that a module forks while it is imported is not asked for functions") {
  const TemporaryFile module(
      "import os\nif os.fork() == 0:\n    raise RuntimeError('in the child')\nos.wait()\ndef f(x):\n    return x\n",
      ".py");
  const Result run = run_python({"map", module.path() + ":f", "1..4", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1\n2\n3\n4\n");
  CHECK(contains(run.err, "RuntimeError: in the child"));
}

TEST_CASE("python: the CPU time limit applies to the Python process") {
  const auto error = error_of("[\"kinds.py:spin\", 1]", {"--cpu-limit", "200ms", "-j", "1"});
  CHECK(error.at("kind") == "cpu_limit");
}

#if !defined(__SANITIZE_ADDRESS__)  // its shadow takes more memory than there may be
TEST_CASE("python: the memory limit applies to the Python process") {
  const auto error = error_of("[\"article.py:exhaust\", 2000000000]", {"--memory-limit", "500M", "-j", "1"});
  CHECK(error.at("kind") == "out_of_memory");
}
#endif
