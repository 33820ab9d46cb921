// What a command learns of its task, and how many workers run commands.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a command knows its task, attempt, worker and seed from its environment") {
  const std::string script = "echo $PRUN_TASK $PRUN_ATTEMPT $PRUN_WORKER $PRUN_SEED $PARALLEL_SEQ $PARALLEL_JOBSLOT {}";
  const Words lines = {"imap", "-j1", "--seed", "5", "--sh", script, "a", "b"};
  const std::string first = run(lines).out;
  CHECK(first.starts_with("0 1 0 "));
  CHECK(first.find(" 1 1 a\n1 1 0 ") != std::string::npos);
  CHECK(first.ends_with(" 2 1 b\n"));
  CHECK(run(lines).out == first);
  Words other = lines;
  other[3].assign(1, '6');
  CHECK(run(other).out != first);
  CHECK(run({"imap", "--retries", "1", "--retry-on", "all", "--sh", "echo $PRUN_ATTEMPT; test $PRUN_ATTEMPT = 2", "a"})
            .out == "2\n");
}

TEST_CASE("variables of the task override those of prun") {
  const std::string task = R"({"sh": "echo $PRUN_TASK $PARALLEL_SEQ", "env": {"PRUN_TASK": "mine"}})";
  CHECK(run({"imap", "--tasks", "-"}, task + "\n").out == "mine 1\n");
}

TEST_CASE("SIGUSR1 and SIGUSR2 end a command") {
  for (const std::string name : {"USR1", "USR2"}) {
    const Result result = run({"imap", "--sh", "kill -" + name + " $$; echo continued {}", "a"});
    INFO(result);
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(result.err.find("SIG" + name) != std::string::npos);
  }
}

TEST_CASE("the number of workers can be relative or come from a file") {
  const TemporaryFile jobs("3\n", ".txt");
  for (const std::string& value : {std::string("+0"), std::string("-1"), std::string("200%"), jobs.path()}) {
    CAPTURE(value);
    CHECK(run({"imap", "-j", value, "--cmd", "echo", "a", "b"}).out == "a\nb\n");
  }
  CHECK(run({"imap", "-j", jobs.path(), "--sh", "echo {%}; true {}", "1..12"}).out.find_first_not_of("123\n") ==
        std::string::npos);
}

TEST_CASE("a command of a task file finds the id of its task in its environment") {
  const std::string tasks = R"({"sh": "echo \"$PRUN_ID$A\"", "id": "x y", "env": {"A": "-a"}}
{"sh": "echo \"$PRUN_ID\"", "id": {"n": 1}}
{"sh": "echo \"$PRUN_ID\"", "id": 7, "env": {"PRUN_ID": "own"}}
{"sh": "echo \"<$PRUN_ID>\""}
)";
  Command command = prun_command({"imap", "--tasks", "-"}, tasks);
  command.environment = {{"PRUN_ID", "outer"}};
  CHECK(run_command(std::move(command)).out == "x y-a\n{\"n\":1}\nown\n<>\n");
}

TEST_CASE("an id with a NUL byte is no variable, and the command runs") {
  const std::string tasks = R"({"sh": "echo \"<$PRUN_ID>\"", "id": "a\u0000b"}
{"sh": "echo \"<$PRUN_ID>$A\"", "id": "a\u0000b", "env": {"A": "a"}}
{"sh": "echo \"<$PRUN_ID>\"", "id": "a\u0000b", "env": null}
)";
  const Result result = run({"imap", "--tasks", "-"}, tasks);
  INFO(result);
  CHECK(result.out == "<>\n<>a\n<>\n");
}
