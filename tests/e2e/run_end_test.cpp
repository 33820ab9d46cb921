// What a failure does to the exit status, what is run at the end, and how a run is drained.
#include "run_prun.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

TEST_CASE("the exit status can be that of the first failed task, or the number of failed tasks") {
  const std::vector<std::string> failing{"-j1", "exit {}", ":::", "0", "7", "9"};
  const auto with = [&](const std::string& how) {
    std::vector<std::string> words{"--exit-status", how};
    words.insert(words.end(), failing.begin(), failing.end());
    return run(words).status;
  };
  CHECK(with("any") == 1);
  CHECK(with("first") == 7);
  CHECK(with("count") == 2);
  CHECK(run({"--exit-status", "first", "-j1", "kill -9 $$; true {}", ":::", "1"}).status == 128 + SIGKILL);
  CHECK(run({"--exit-status", "first", "true", ":::", "1"}).status == 0);
  CHECK(run({"--exit-status", "count", "false", ":::", "a", "b", "c"}).status == 3);
}

TEST_CASE("scripts run at the end, and know how the run went") {
  const std::string say = "echo end $PRUN_STATUS $PRUN_SUCCEEDED $PRUN_FAILED $PRUN_NOT_RUN";
  CHECK(run({"-j1", "--on-end", say, "exit {}", ":::", "0", "1"}).out == "end 1 1 1 0\n");
  CHECK(run({"--on-fail", "echo failed", "--on-end", "echo end", "true", ":::", "1"}).out == "end\n");
  CHECK(run({"--on-fail", "echo failed", "--on-end", "echo end", "false", ":::", "1"}).out == "failed\nend\n");
}

TEST_CASE("a script at the end knows how many tasks a halted run did not start") {
  const std::string say = "echo $PRUN_SUCCEEDED $PRUN_FAILED $PRUN_NOT_RUN";
  const std::vector<std::string> inputs{"exit {}", ":::", "0", "1", "0", "0"};
  for (const std::string when : {"now", "soon"}) {
    CAPTURE(when);
    std::vector<std::string> words{"-j1", "--halt", when + ",fail=1", "--on-end", say};
    words.insert(words.end(), inputs.begin(), inputs.end());
    CHECK(run(words).out == "1 1 2\n");
  }
}

TEST_CASE("a script at the end that fails is reported") {
  const Result result = run({"--on-end", "exit 4", "true", ":::", "1"});
  CHECK(result.status == 3);
  CHECK(result.err == "prun: the command of --on-end failed: exit status 4\n");
  CHECK(run({"--on-end", "exit 4", "false", ":::", "1"}).status == 1);
}

TEST_CASE("a script at the end, and all that it has started, end with prun") {
  for (const int signal : {SIGTERM, SIGINT, SIGKILL}) {
    Process process(prun_command({"--on-end", "sleep 300 & echo waits; wait", "true", ":::", "1"}));
    REQUIRE(process.wait_for_lines(1));
    const Witness started(descendants_of(process.pid()));
    process.signal(signal);
    const Result result = process.wait();
    INFO(result);
    CHECK(result.status == 128 + signal);
    CHECK(started.all_ended_within(5s));
  }
}

TEST_CASE("a script at the end that is interrupted is told to end, and the next is not run") {
  Process process(prun_command({"--on-fail", "trap 'echo told; exit 0' TERM; echo waits; while :; do sleep 0.01; done",
                                "--on-end", "echo end", "false", ":::", "1"}));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGTERM);
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 143);
  CHECK(result.out == "waits\ntold\n");
  CHECK(result.err.find("the command of --on-fail was interrupted") != std::string::npos);
}

TEST_CASE("after an interrupted run, a script that is interrupted is the last one too") {
  Process process(prun_command({"-j1", "--lb", "--on-fail", "echo on-fail $PRUN_NOT_RUN; sleep 300", "--on-end",
                                "echo end", "echo {}; sleep 300", ":::", "1", "2"}));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGTERM);
  REQUIRE(process.wait_for_lines(2));
  process.signal(SIGTERM);
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 143);
  CHECK(result.out == "1\non-fail 2\n");
}

TEST_CASE("--retries says once which failures it does not retry") {
  const Result result = run({"--retries", "2", "-j1", "exit {}", ":::", "1", "2", "0"});
  const std::string hint =
      "2 tasks failed with an exit status and were not retried; --retry-on exit retries such tasks\n";
  CHECK(result.err.find(hint) != std::string::npos);
  CHECK(run({"--retries", "1", "--retry-on", "exit", "--retry-delay", "0s", "exit {}", ":::", "1"})
            .err.find("not retried") == std::string::npos);
}

TEST_CASE("a drained run finishes running tasks and starts no more") {
  const TemporaryFile go("", ".go");
  Process process(
      prun_command({"--drain", "-j1", "--lb", "echo {}; while test ! -s " + go.path() + "; do sleep 0.01; done",
                    ":::", "a", "b", "c"}));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGTERM);
  REQUIRE(process.wait_until([&] { return process.err().find("received SIGTERM") != std::string::npos; }));
  std::ofstream(go.path()) << "go\n";
  const Result result = process.wait();
  INFO(result);
  CHECK(result.out == "a\n");
  CHECK(result.status == 143);
  CHECK(result.err.find("drained: 1 of 3 done") != std::string::npos);
}

TEST_CASE("a drained run says that its input was not read to its end") {
  const TemporaryFile go("", ".go");
  Command command = prun_command(
      {"--drain", "-j1", "--lb", "echo {}; while test ! -s " + go.path() + "; do sleep 0.01; done"}, "a\n");
  command.keep_input_open = true;
  Process process(command);
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGTERM);
  REQUIRE(process.wait_until([&] { return process.err().find("received SIGTERM") != std::string::npos; }));
  std::ofstream(go.path()) << "go\n";
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 143);
  CHECK(result.err.find("drained: 1 done, and the input was not read to its end; with --journal FILE") !=
        std::string::npos);
}

TEST_CASE("a multiple of the median is a time limit once three tasks have succeeded") {
  const Result result = run({"-j1", "--timeout", "2x", "sleep {}", ":::", "0.1", "0.1", "0.1", "300"});
  CHECK(result.status == 1);
  CHECK(result.err.find("ran longer than 1 s") != std::string::npos);
  CHECK(run({"--timeout", "0.5x", "true", ":::", "1"}).status == 2);
}

TEST_CASE("a multiple of the median limits functions too") {
  const Result result = run({"imap", "sleep", "0.1", "0.1", "0.1", "300", "-j1", "--timeout", "200%"});
  CHECK(result.status == 1);
  CHECK(result.err.find("ran longer than 1 s") != std::string::npos);
}
