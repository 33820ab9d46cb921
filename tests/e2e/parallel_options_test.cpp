// Options that users of GNU parallel type.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace prun::test;

namespace {

std::string first_error(std::vector<std::string> arguments) {
  const Result result = run(std::move(arguments));
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  return lines_of(result.err).at(0);
}

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string>& row = rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '\t');) row.push_back(field);
  }
  return rows;
}

}  // namespace

TEST_CASE("the job log has the columns of GNU parallel, and a line for each task") {
  const TemporaryFile log("old\n", ".tsv");
  CHECK(run({"-j1", "--joblog", log.path(), "echo {}; exit {}", ":::", "0", "7"}).status == 1);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == std::vector<std::string>{"Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval",
                                            "Signal", "Command"});
  REQUIRE(rows[2].size() == 9);
  CHECK(rows[2][0] == "2");
  CHECK(rows[2][1] == ":");
  CHECK(std::stod(rows[2][2]) > 1.6e9);
  CHECK(std::stod(rows[2][3]) > 0);
  CHECK(rows[2][5] == "2");
  CHECK(rows[2][6] == "7");
  CHECK(rows[2][7] == "0");
  CHECK(rows[2][8] == "echo 7; exit 7");
}

TEST_CASE("the job log names the signal that ended a command, and counts a retried task once") {
  const TemporaryFile log("", ".tsv");
  CHECK(run({"--retries", "1", "--joblog", log.path(), "kill -9 $$; : {}", ":::", "a"}).status == 1);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].at(7) == "9");
}

TEST_CASE("the job log has the bytes that each command gets as standard input") {
  const TemporaryFile log("", ".tsv");
  const auto sent = [&] {
    std::vector<std::string> sizes;
    for (const auto& row : rows_of(log.path())) sizes.push_back(row.at(4));
    return sizes;
  };
  const TemporaryFile input("1\n2\n3\n", ".txt");
  CHECK(run({"-j1", "--joblog", log.path(), "--pipe", "-N2", "cat"}, "1\n2\n3\n").status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "4", "2"});
  Command command{
      {"/bin/sh", "-c", R"("$0" --joblog "$1" --pipe --header : cat < "$2")", prun_binary(), log.path(), input.path()}};
  CHECK(run_command(std::move(command)).status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "6"});
  CHECK(run({"-j1", "--joblog", log.path(), "cat", ":::", input.path()}).status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "0"});
  CHECK(run({"map", "--joblog", log.path()}, "{\"cmd\": [\"cat\"], \"stdin\": \"abc\"}\n").status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "3"});
}

TEST_CASE("a job log that cannot be written ends the run with its name") {
  const Result result = run({"--joblog", "/nothing.here/log", "echo", ":::", "a"});
  CHECK(result.status == 3);
  CHECK(result.err.find("prun: cannot write the job log /nothing.here/log: ") == 0);
}

TEST_CASE("commands are printed on standard error as they start") {
  const Result result = run({"-j1", "-t", "echo", "x {}", ":::", "a", "b"});
  CHECK(result.out == "x a\nx b\n");
  CHECK(result.err == "echo 'x a'\necho 'x b'\n");
}

TEST_CASE("outputs can be saved in files, whose names are printed in input order") {
  const Result result = run({"--files", "echo out {}; echo err {} >&2; head -c {} /dev/zero", ":::", "0", "3000000"});
  CHECK(result.status == 0);
  CHECK(result.err == "err 0\nerr 3000000\n");
  const auto names = lines_of(result.out);
  REQUIRE(names.size() == 2);
  std::ifstream small(names[0]);
  CHECK(std::string(std::istreambuf_iterator<char>(small), {}) == "out 0\n");
  CHECK(std::filesystem::file_size(names[1]) == 3'000'012);
  for (const std::string& name : names) std::filesystem::remove(name);
}

TEST_CASE("outputs come in input order, or as commands end") {
  CHECK(run({"-j2", "-k", "sleep {}; echo {}", ":::", "0.3", "0"}).out == "0.3\n0\n");
  CHECK(run({"-j2", "--no-keep-order", "sleep {}; echo {}", ":::", "0.5", "0"}).out == "0\n0.5\n");
  CHECK(first_error({"map", "--no-keep-order", "--cmd", "echo", "a"}) ==
        "prun: --no-keep-order is for commands without a mode; the mode imap_unordered prints outputs as tasks end");
  CHECK(first_error({"-k", "--no-keep-order", "echo", ":::", "a"}).find("cannot be used together") !=
        std::string::npos);
}

TEST_CASE("names and options of GNU parallel work without other options") {
  CHECK(run({"--will-cite", "-P", "1", "-u", "echo", ":::", "a"}).out == "a\n");
  CHECK(run({"--lb", "-N2", "echo", ":::", "a", "b"}).out == "a b\n");
  CHECK(run({"--termseq", "TERM,200,TERM,100,KILL", "echo", ":::", "a"}).out == "a\n");
  CHECK(first_error({"--termseq", "HUP,200,KILL", "echo", ":::", "a"}) ==
        "prun: --termseq takes TERM, milliseconds and KILL, such as TERM,200,KILL, not 'HUP,200,KILL'");
  CHECK(first_error({"--termseq", "TERM,200", "echo", ":::", "a"}).find("--termseq takes") != std::string::npos);
}

TEST_CASE("the last time of --termseq is the grace period of a command") {
  const Result result =
      run({"--timeout", "0.2s", "--termseq", "TERM,0,KILL", "trap '' TERM; sleep 30; : {}", ":::", "a"});
  CHECK(result.status == 1);
  CHECK(result.err.find("and was killed") != std::string::npos);
}

TEST_CASE("options of GNU parallel that prun does not take are answered with the alternative") {
  CHECK(
      first_error({"--tmux", "echo", ":::", "a"}) ==
      "prun: --tmux is an option of GNU parallel that prun does not take: --line-buffer shows output as it comes, and "
      "--tty gives a command the terminal");
  CHECK(first_error({"--sqlmaster", "x", "echo", ":::", "a"}).find("--journal FILE") != std::string::npos);
  CHECK(first_error({"echo {= s/a/b/ =}", ":::", "a"}) ==
        "prun: the command: {= s/a/b/ =}: prun does not run Perl expressions; use {/regex/text}, or change $1 in a "
        "script");
}
