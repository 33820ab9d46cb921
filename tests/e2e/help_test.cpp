// What prun tells about itself: help, version, functions. Every example of a help text is run as it stands.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>

using namespace prun::test;

namespace {

const std::vector<std::string> modes{"map", "starmap", "imap", "imap_unordered", "submit", "apply"};

std::vector<std::string> all_words() {
  std::vector<std::string> words = modes;
  words.insert(words.end(), {"functions", "help", "journal", "retry", "new"});
  return words;
}

std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> examples;
  const auto lines = lines_of(help);
  auto line = std::find(lines.begin(), lines.end(), "Examples:");
  for (line += line == lines.end() ? 0 : 1; line != lines.end() && line->starts_with("  "); ++line) {
    examples.push_back(line->substr(2));
  }
  return examples;
}

/// As pasted into a shell whose PATH has prun.
Result paste(const std::string& line) {
  Command command;
  command.arguments = {"sh", "-c", line};
  const char* path = std::getenv("PATH");
  const auto folder = std::filesystem::path(prun_binary()).parent_path().string();
  command.environment = {{"PATH", folder + ":" + (path == nullptr ? "/usr/bin:/bin" : path)}};
  return run_command(std::move(command));
}

}  // namespace

TEST_CASE("--help names every mode") {
  const Result run = run_prun({"--help"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  for (const std::string& mode : modes) CHECK(run.out.find("\n  " + mode + " ") != std::string::npos);
}

TEST_CASE("-h is at most 25 lines, examples first") {
  CHECK(lines_of(run_prun({"-h"}).out).size() <= 25);
  for (const std::string& word : all_words()) {
    const auto lines = lines_of(run_prun({word, "-h"}).out);
    INFO(word);
    CHECK(lines.size() <= 25);
    REQUIRE(lines.size() > 2);
    CHECK(lines[2] == "Examples:");
  }
}

TEST_CASE("no help is wider than 80 columns") {
  std::vector<std::vector<std::string>> command_lines{{"-h"},
                                                      {"--help"},
                                                      {"functions"},
                                                      {"help", "topics"},
                                                      {"help", "worker-protocol"},
                                                      {"help", "inputs"},
                                                      {"help", "placeholders"},
                                                      {"help", "config"}};
  std::vector<std::string> words_with_help = all_words();
  words_with_help.insert(words_with_help.end(), {"agent", "report", "schema", "sem", "trace", "xargs"});
  for (const std::string& word : words_with_help) {
    command_lines.push_back({word, "-h"});
    command_lines.push_back({word, "--help"});
  }
  for (const auto& words : command_lines) {
    const Result run = run_prun(words);
    INFO(run);
    CHECK(run.status == 0);
    for (const std::string& line : lines_of(run.out)) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("prun alone prints the short help on a terminal, and reads commands elsewhere") {
  Command command;
  command.arguments = {"script", "-qec", prun_binary(), "/dev/null"};
  const Result run = run_command(std::move(command));
  INFO(run);
  CHECK(run.status == 0);
  std::string text = run.out;
  std::erase(text, '\r');
  CHECK(text == run_prun({"-h"}).out);
  CHECK(run_prun({}).status == 0);  // no command stands on standard input
}

TEST_CASE("prun help explains words, options, functions and groups") {
  CHECK(run_prun({"help", "map"}).out == run_prun({"map", "--help"}).out);
  CHECK(run_prun({"help", "fib"}).out == run_prun({"functions", "fib"}).out);
  CHECK(run_prun({"functions", "fib"}).out.starts_with("fib(n: integer) -> integer\n    Fibonacci number"));
  const std::string cmd = run_prun({"help", "cmd"}).out;
  CHECK(cmd.starts_with("--cmd COMMAND\n\nRun this command for each input."));
  CHECK(run_prun({"help", "--cmd"}).out == cmd);
  CHECK(run_prun({"help", "-j"})
            .out.starts_with("-j, -P, --jobs, --workers, --max-procs N|P%|+N|-N|FILE\n\nStart N workers"));
  CHECK(run_prun({"help", "limits"}).out.find("--timeout TIME") != std::string::npos);
}

TEST_CASE("prun help explains a subcommand, and says if an option has its name") {
  for (const std::string word : {"journal", "report", "trace", "xargs"}) {
    const std::string help = run_prun({"help", word}).out;
    CHECK(help == run_prun({word, "--help"}).out + "\n--" + word + " is also an option: prun help --" + word +
                      " explains it.\n");
  }
  for (const std::string word : {"sem", "retry", "schema", "functions", "new", "agent"})
    CHECK(run_prun({"help", word}).out == run_prun({word, "--help"}).out);
}

TEST_CASE("each mode has a help of its own") {
  for (const std::string& mode : modes) {
    const Result run = run_prun({mode, "--help"});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out.find("Usage: prun " + mode + " ") != std::string::npos);
    CHECK_FALSE(examples_in(run.out).empty());
  }
}

TEST_CASE("every example works when pasted") {
  std::vector<std::string> words = modes;
  words.insert(words.end(), {"functions", "help"});
  for (const std::string& word : words) {
    for (const std::string& example : examples_in(run_prun({word, "--help"}).out)) {
      const Result run = paste(example);
      INFO(run);
      CHECK(run.status == 0);
      CHECK(run.err.empty());
      CHECK_FALSE(run.out.empty());
    }
  }
}

TEST_CASE("--version names prun and its version") {
  const Result run = run_prun({"--version"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(std::regex_match(run.out, std::regex(R"(prun \S+\n)")));
}

TEST_CASE("prun functions lists signatures and help") {
  const Result run = run_prun({"functions"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(std::regex_search(run.out, std::regex(R"((^|\n)fib\(n: integer\) -> integer\n    \S)")));
  CHECK(run.out.find("ackermann(m: integer, n: integer) -> integer") != std::string::npos);
}

TEST_CASE("prun functions --output json describes each function") {
  const Result run = run_prun({"functions", "--output", "json"});
  INFO(run);
  CHECK(run.status == 0);
  const auto functions = nlohmann::json::parse(run.out);
  REQUIRE(functions.size() == 13);
  const auto& fib = functions.at(0);
  CHECK(fib.at("v") == 1);
  CHECK(fib.at("name") == "fib");
  CHECK(fib.at("signature") == "fib(n: integer) -> integer");
  CHECK(fib.at("parameters") == nlohmann::json::parse(R"([{"name": "n", "type": "integer"}])"));
  CHECK(fib.at("result") == "integer");
  CHECK_FALSE(fib.at("help").get<std::string>().empty());
}

TEST_CASE("help to a full device is prun's failure") {
  Command command = prun_command({"--help"});
  command.output_file = "/dev/full";
  const Result run = run_command(std::move(command));
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.err.find("standard output: No space left on device") != std::string::npos);
}

TEST_CASE("prun --help lists an option once") {
  const std::string help = run_prun({"--help"}).out;
  const auto first = help.find("--output FORMAT");
  REQUIRE(first != std::string::npos);
  CHECK(help.find("--output FORMAT", first + 1) == std::string::npos);
  CHECK(run_prun({"functions", "--help"}).out.find("--output FORMAT") != std::string::npos);
}
