// Programs that serve functions, as a user runs them: the examples in JavaScript and for the shell, and one that goes wrong.
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

const std::string folder = PRUN_SOURCE_DIR "/tests/serving/workers";
const std::string faulty = folder + "/faulty.py";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string::npos; }

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const auto end = std::min(folders.find(':'), folders.size());
    if (std::filesystem::exists(std::filesystem::path(folders.substr(0, end)) / name)) return true;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return false;
}

/// `prun MODE --serve COMMAND ...`
Result serve(const std::string& command, std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.begin() + 1, {"--serve", command});
  Result run = run_prun(std::move(arguments), std::move(input));
  CHECK_FALSE(run.timed_out);
  return run;
}

nlohmann::json error_of(const std::string& call, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"submit", "--output", "jsonl", call};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Result run = serve(faulty, arguments);
  INFO(run);
  CHECK(run.status == 1);
  REQUIRE(lines_of(run.out).size() == 1);
  return json_lines(run.out).at(0).at("error");
}

}  // namespace

TEST_CASE("serving: a worker in JavaScript serves functions") {
  if (!has_program("node")) {
    MESSAGE("skipped: there is no node on PATH");
    return;
  }
  const std::string worker = folder + "/worker.js";
  Result run = serve(worker, {"map", "double", "1..100", "-j", "2", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).size() == 100);
  CHECK(lines_of(run.out).back() == "200");
  run = serve(worker, {"submit"},
              R"({"function": "greet", "args": ["Ada"], "kwargs": {"greeting": "good evening"}}
["fail", "too big"]
["leave", 3]
["greet", "Bob"]
["fib", 10]
["log", 1, 2]
)");
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.out ==
        "greet(\"Ada\", greeting=\"good evening\") = good evening, Ada\ngreet(\"Bob\") = hello, Bob\n"
        "fib(10) = 89\nlog(1, 2) = 2\n");
  CHECK(contains(run.err, "fail(\"too big\"): RangeError: too big\n"));
  CHECK(contains(run.err, "leave(3): process "));
  CHECK(contains(run.err, "worker.js) exited with status 3 in the middle of the call\n"));
  CHECK(contains(run.err, "log: 1 2\n"));
}

TEST_CASE("serving: a shell script serves functions") {
  const Result run = serve("sh " + folder + "/worker.sh", {"map", "shout", "one", "two", "three", "-j", "1"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(without_times(run.out) == std::vector<std::string>{"one        ONE", "two        TWO", "three      THREE"});
}

TEST_CASE("serving: each worker has one process, and a new one after a crash") {
  std::string calls;
  for (int i = 0; i < 20; ++i) calls += "[\"served_pid\"]\n";
  calls += "[\"served_leave\", 0]\n[\"served_pid\"]\n";
  for (const std::vector<std::string>& pool : {std::vector<std::string>{"-j", "1"}, {"-j", "1", "--threads"}}) {
    std::vector<std::string> arguments{"submit", "--format", "{result}"};
    arguments.insert(arguments.end(), pool.begin(), pool.end());
    const Result run = serve(faulty, arguments, calls);
    INFO(run);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == 21);
    CHECK(std::set<std::string>(lines.begin(), lines.end() - 1).size() == 1);
    CHECK(lines[20] != lines[0]);
    CHECK(contains(run.err, "exited with status 0 in the middle of the call"));
  }
}

TEST_CASE("serving: values keep their kinds, integers their digits") {
  const Result whole =
      serve(faulty, {"submit", "--output", "jsonl"},
            R"(["served_echo",null,true,-9223372036854775808,18446744073709551615,1.5,"\u00e9\n\"",[1,[2]],{"k":[]}])");
  INFO(whole);
  REQUIRE(whole.status == 0);
  CHECK(
      contains(whole.out,
               R"("result":[[null,true,-9223372036854775808,18446744073709551615,1.5,"é\n\"",[1,[2]],{"k":[]}],{}])"));
}

TEST_CASE("serving: arguments are checked before a task runs, as far as they are described") {
  CHECK(serve(faulty, {"map", "served_sum", "1"}).status == 2);
  CHECK(contains(serve(faulty, {"map", "served_sum", "1"}).err,
                 "served_sum(a: integer, b: integer) misses the argument b"));
  CHECK(contains(serve(faulty, {"submit", "served_sum(1, 2, 3)"}).err, "takes at most 2 positional arguments, got 3"));
  CHECK(contains(serve(faulty, {"submit", "served_sum(1, c=2)"}).err, "has no parameter c"));
  CHECK(serve(faulty, {"submit", "served_sum(1, b=2)"}).out == "served_sum(1, b=2) = 3\n");
}

TEST_CASE("serving: a request has the task's index, attempt and seed") {
  const auto seeds = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"map", "served_seed", "1..20", "--format", "{result}", "--seed", "7"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return serve(faulty, arguments).out;
  };
  CHECK(lines_of(seeds({"-j", "1"})).at(3).starts_with("[3,1,"));
  CHECK(seeds({"-j", "1"}) == seeds({"-j", "2", "-c", "3"}));
}

TEST_CASE("serving: each fault of the program fails one call with its own kind") {
  auto error = error_of("served_fail('no')");
  CHECK(error.at("kind") == "exception");
  CHECK(error.at("type") == "ServedError");
  CHECK(error.at("message") == "no");
  CHECK(error.at("traceback") == "line 1\nline 2");
  error = error_of("served_leave(9)");
  CHECK(error.at("kind") == "lost_exit");
  CHECK(error.at("exit_status") == 9);
  for (const int signal : {SIGKILL, SIGSEGV, SIGTERM}) {
    error = error_of("served_die(" + std::to_string(signal) + ")");
    CHECK(error.at("kind") == "lost_signal");
    CHECK(error.at("signal") == signal);
    CHECK(error.at("pid") > 0);
  }
  CHECK(error_of("served_hang(1)", {"--timeout", "300ms"}).at("kind") == "timeout");
  for (const auto& [line, message] : std::vector<std::pair<std::string, std::string>>{
           {"what?", "answered with invalid JSON"},
           {"[]", "answered with a value that is not an object"},
           {R"({\"id\": 7, \"result\": 1})", "answered a request other than number 1"},
           {R"({\"result\": 1})", "answered a request other than"},
           {R"({\"id\": 1})", "answered with neither a \"result\" nor an \"error\""},
           {R"({\"id\": 1, \"result\": 1, \"error\": {}})", "or both"},
           {R"({\"id\": 1, \"error\": 5})", "an \"error\" that is not an object"}}) {
    CAPTURE(line);
    error = error_of("served_say(\"" + line + "\")");
    CHECK(error.at("kind") == "bad_result");
    CHECK(contains(error.at("message").get<std::string>(), message));
  }
  CHECK(serve(faulty,
              {"submit", R"(served_say("{\"id\": 1, \"result\": 18446744073709551616}"))", "--format", "{result}"})
            .out == "18446744073709551616\n");
  CHECK(contains(error_of("served_close(1)").at("message").get<std::string>(), "closed its standard output"));
}

TEST_CASE("serving: a program whose function forks answers every request, although the child returns too") {
  for (const std::string how : {"exec", "return"}) {
    std::string calls;
    std::string expected;
    for (int i = 0; i < 15; ++i) {
      calls += "[\"served_forked\", \"" + how + "\"]\n[\"served_fine\", " + std::to_string(i) + "]\n";
      expected += "once\n" + std::to_string(i + 1) + "\n";
    }
    const Result run = serve(faulty, {"submit", "-j", "1", "--timeout", "20s", "--format", "{result}"}, calls);
    INFO(run);
    CHECK(run.out == expected);
    CHECK(run.status == 0);
  }
}

TEST_CASE("serving: the end of a program is noticed while its child holds the output open") {
  const auto error = error_of("served_forked('stay')");
  CHECK(error.at("kind") == "lost_exit");
  CHECK(error.at("exit_status") == 9);
}

TEST_CASE("serving: a crashed task is retried and no other task fails") {
  const Result run = serve(faulty, {"submit", "served_die(9)", "served_sum(1, 2)", "--retries", "2", "--retry-delay",
                                    "1ms", "-j", "1", "--output", "jsonl"});
  INFO(run);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("attempt") == 3);
  CHECK(lines[1].at("result") == 3);
}

TEST_CASE("serving: requests and answers of many megabytes arrive") {
  Result run = serve(faulty, {"map", "served_large", "20000000", "--format", "{result}"});
  CHECK(run.status == 0);
  CHECK(run.out.size() == 20'000'001);
  const std::string large(5'000'000, 'y');
  run = serve(faulty, {"imap", "--format", "{result}"}, "[\"served_echo\", \"" + large + "\"]\n");
  CHECK(run.status == 0);
  CHECK(run.out == "[[\"" + large + "\"],{}]\n");
}

TEST_CASE("serving: a process exits by itself at the end of standard input") {
  const TemporaryFile trace("", ".left");
  Command command =
      prun_command({"map", "--serve", faulty, "served_sum", "1,2", "3,4", "-j", "1", "--max-tasks-per-child", "1"});
  command.arguments[1] = "starmap";
  command.environment.emplace_back("PRUN_TEST_LEFT", trace.path());
  const Result run = run_command(std::move(command));
  INFO(run);
  CHECK(run.status == 0);
  std::ifstream file(trace.path());
  const std::string left{std::istreambuf_iterator<char>(file), {}};
  CHECK(left == "left\nleft\nleft\n");  // that of each worker, and the one that prun asked
}

TEST_CASE("serving: processes end with prun, kill -9 included") {
  Process process(prun_command({"imap", "--serve", faulty, "served_hang", "1", "2", "-j", "2"}));
  std::vector<pid_t> all;
  REQUIRE(process.wait_until([&] {
    all = descendants_of(process.pid());
    return all.size() == 7;  // the fork server and its guardian (2), two workers, two processes
  }));
  const Witness witness(all);
  process.signal(SIGKILL);
  CHECK(witness.all_ended_within(std::chrono::seconds(10)));
}

TEST_CASE("serving: a program that cannot serve is an error before any task runs") {
  for (const auto& [command, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "--serve is empty"},
           {"'x", "--serve ''x': "},
           {"/nowhere/worker", "--serve: cannot run /nowhere/worker: No such file or directory"},
           {"no-such-program-anywhere", "No such file or directory"},
           {"true", "exited with status 0"},
           {faulty + " silent", "exited with status 7"},
           {faulty + " hello", "said hello with invalid JSON"},
           {faulty + R"( '{"prun": 2, "functions": []}')", "said hello without \"prun\": 1"},
           {faulty + R"( '{"prun": 1, "functions": [{"name": "fib"}]}')",
            "has a function fib, and another function"}}) {
    const Result run = serve(command, {"map", "served_echo", "1"});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(contains(run.err, message));
  }
}

TEST_CASE("serving: prun functions and prun help describe it") {
  const Result run = run_prun({"functions", "--serve", faulty});
  CHECK(contains(run.out, "served_sum(a: integer, b: integer)"));
  CHECK(contains(run.out, "served_echo(*, **)"));
  const Result help = run_prun({"help", "worker-protocol"});
  CHECK(help.status == 0);
  CHECK(contains(help.out, R"({"id": 1, "function": "double", "args": [21], "kwargs": {})"));
  for (const std::string& line : lines_of(help.out)) CHECK(line.size() <= 125);
}
