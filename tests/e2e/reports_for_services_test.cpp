// What CI services read: JUnit's XML and the annotations of GitHub. And tables of commands for other programs.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun::test;

namespace {

Result run(std::vector<std::string> arguments, std::vector<std::pair<std::string, std::string>> environment = {}) {
  Command command = prun_command(std::move(arguments));
  command.environment = std::move(environment);
  Result result = run_command(std::move(command));
  INFO(result);
  CHECK_FALSE(result.timed_out);
  return result;
}

}  // namespace

TEST_CASE("a test report has a case for each task, with its failure and its output") {
  const std::string report = run({"--output", "junit", "-j1", "echo '<{}>'; echo e >&2; exit {}", ":::", "0", "3"}).out;
  CHECK(report.starts_with(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"prun\">\n<testcase "));
  CHECK(report.ends_with("</testcase>\n</testsuite>\n</testsuites>\n"));
  CHECK(report.find("<failure type=\"exit\" message=\"exit status 3\"></failure><system-out>&lt;3&gt;&#10;</system-out>"
                    "<system-err>e&#10;</system-err></testcase>") != std::string::npos);
  CHECK(report.find("<system-out>&lt;0&gt;&#10;</system-out>") != std::string::npos);
  CHECK(run({"imap", "--output", "junit", "fib", "1", "2"}).out.find("name=\"fib(2)\"") != std::string::npos);
}

TEST_CASE("failures are annotations in a workflow of GitHub") {
  const std::vector<std::string> words{"-j1", "echo 100%; exit {}", ":::", "0", "3"};
  const std::string err = run(words, {{"GITHUB_ACTIONS", "true"}}).err;
  CHECK(err.find("::error title=prun: task 1 failed::echo 100%25; exit 3: exit status 3\n") != std::string::npos);
  CHECK(err.find("task 0") == std::string::npos);
  CHECK(run(words).err.find("::error") == std::string::npos);
}

TEST_CASE("a message begins on a new line, even after an error text without a newline") {
  const std::vector<std::string> words{"-j1", "printf half >&2; exit {}", ":::", "0", "3"};
  CHECK(run(words).err.find("half\nprintf half") != std::string::npos);
  CHECK(run(words, {{"GITHUB_ACTIONS", "true"}}).err.find("half\n::error") != std::string::npos);
}

TEST_CASE("a table of commands has a column for each input, the exit status and both outputs") {
  const auto rows =
      csv_rows(run({"--output", "csv", "-j1", "echo {1}; echo {2} >&2; exit {1}", ":::", "0", "3", ":::", "a,b"}).out);
  REQUIRE(rows.size() == 3);
  CHECK(std::vector<std::string>(rows[0].begin(), rows[0].begin() + 7) ==
        std::vector<std::string>{"index", "arg1", "arg2", "exit", "signal", "stdout", "stderr"});
  CHECK(std::vector<std::string>(rows[2].begin(), rows[2].begin() + 8) ==
        std::vector<std::string>{"1", "3", "a,b", "3", "", "3\n", "a,b\n", "exit status 3"});
  CHECK(run({"--output", "csv", "--header", ":", "echo", ":::", "name", "x"}).out.starts_with("index,name,exit,"));
}

TEST_CASE("results go to a table or to files that a template names") {
  const Folder folder;
  CHECK(run({"--results", folder.file("t.csv"), "echo", ":::", "a", "b"}).out == "a\nb\n");
  CHECK(csv_rows(folder.read("t.csv")).size() == 3);
  CHECK(run({"--results", folder.file("{1}/{#}"), "echo {}; echo e >&2", ":::", "a", "b"}).out == "a\nb\n");
  CHECK(folder.read("a/1") == "a\n");
  CHECK(folder.read("b/2.err") == "e\n");
  CHECK(run({"--results", folder.file("same{//}"), "echo", ":::", "a", "b"}).status == 0);
  CHECK(folder.read("same.") == "a\n");
  CHECK(folder.read("same.\\~2") == "b\n");
}

TEST_CASE("--version -v prints how prun was built") {
  const std::string text = run({"--version", "-v"}).out;
  CHECK(text.starts_with(run({"--version"}).out));
  for (const char* what : {"commit: ", "compiler: ", "libraries: ", "SQLite ", "system: "}) {
    CHECK(text.find(what) != std::string::npos);
  }
}
