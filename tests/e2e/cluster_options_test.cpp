// Which options hold on other machines, as one table. prun-cluster(7) tells users the same.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace prun::test;

namespace {

enum class Holds {
  on_hosts,  ///< the workers of each host obey it
  for_all,   ///< the head obeys it, for tasks of all machines
  nowhere    ///< refused: it could hold for tasks of this machine only
};

struct Row {
  std::string_view option;
  Holds holds;
  std::vector<std::string> words{};  ///< give the same on a host as here; empty: other tests try the option
};

std::vector<std::string> command(std::vector<std::string> words, const std::string& script = "echo {}") {
  words.insert(words.end(), {"--sh", script, ":::", "1", "2"});
  return words;
}

std::vector<std::string> function(std::vector<std::string> words) {
  words.insert(words.begin(), {"map", "identity", "1..5", "--format", "{result}"});
  return words;
}

/// All options that concern workers, commands, their outputs, and limits.
std::vector<Row> rows() {
  return {{"--jobs", Holds::on_hosts, function({"--jobs", "1"})},
          {"--chunksize", Holds::on_hosts, function({"--chunksize", "2"})},
          {"--order", Holds::for_all, command({"--order", "longest-first", "--cost", "$1"})},
          {"--cost", Holds::for_all, command({"--order", "longest-first", "--cost", "$1"})},
          {"--durations", Holds::for_all},
          {"--max-tasks-per-child", Holds::on_hosts, function({"--max-tasks-per-child", "1"})},
          {"--threads", Holds::on_hosts, function({"--threads"})},
          {"--initializer", Holds::on_hosts, function({"--initializer", "sleep(0)"})},
          {"--seed", Holds::on_hosts, {"map", "pi_monte_carlo", "1000..1005", "--seed", "7", "--format", "{result}"}},
          {"--buffersize", Holds::for_all, command({"--buffersize", "1"})},
          {"--buffer-bytes", Holds::for_all, command({"--buffer-bytes", "1M"})},
          {"--stack-size", Holds::on_hosts, function({"--stack-size", "64M"})},
          {"--nice", Holds::on_hosts, command({"--nice", "3"}, "nice; : {}")},
          {"--pin", Holds::on_hosts, function({"--pin"})},
          {"--cmd", Holds::on_hosts, {"--cmd", "echo {}", ":::", "1", "2"}},
          {"--sh", Holds::on_hosts, command({})},
          {"--shell", Holds::on_hosts, command({"--shell", "/bin/sh"}, "echo $0 {}")},
          {"--commands", Holds::on_hosts},
          {"--print-commands", Holds::on_hosts, command({"--print-commands"})},
          {"--cwd", Holds::on_hosts, command({"--cwd", "/"}, "pwd; : {}")},
          {"--dry-run", Holds::for_all, command({"--dry-run"})},
          {"--keep-order", Holds::for_all, command({"--keep-order"})},
          {"--no-keep-order", Holds::for_all},
          {"--tag", Holds::for_all, command({"--tag"})},
          {"--tagstring", Holds::for_all, command({"--tagstring", "t{}"})},
          {"--line-buffer", Holds::nowhere, command({"--line-buffer"})},
          {"--ungroup", Holds::nowhere, command({"--ungroup"})},
          {"--tty", Holds::nowhere, command({"--tty"})},
          {"--results", Holds::for_all},
          {"--files", Holds::for_all},
          {"--timeout", Holds::on_hosts, function({"--timeout", "60s"})},
          {"--grace", Holds::on_hosts, command({"--grace", "1s"})},
          {"--termseq", Holds::on_hosts, command({"--termseq", "TERM,100,KILL,25"})},
          {"--cpu-limit", Holds::on_hosts, command({"--cpu-limit", "60s"})},
          {"--memory-limit", Holds::on_hosts, command({"--memory-limit", "100G"})},
          {"--delay", Holds::nowhere, function({"--delay", "1"})},
          {"--max-load", Holds::nowhere, function({"--load", "1"})},
          {"--min-free-memory", Holds::nowhere, function({"--memfree", "1M"})},
          {"--memsuspend", Holds::nowhere, command({"--memsuspend", "1M"})},
          {"--admit", Holds::nowhere, function({"--admit", "memory"})},
          {"--jobserver-style", Holds::nowhere, command({"--jobserver-style", "fifo"})},
          {"--no-jobserver", Holds::for_all, command({"--no-jobserver"}, "echo $MAKEFLAGS {}")},
          {"--header", Holds::nowhere, {"--header", ":", "--sh", "echo {a}", ":::", "a", "1"}}};
}

std::vector<std::string> on_host(std::vector<std::string> words, const std::string& launcher) {
  words.insert(words.begin(), {"--no-local", "--hosts", "left:1", "--launcher", launcher});
  if (const auto mode = std::ranges::find(words, "map"); mode != words.end()) {
    words.erase(mode);
    words.insert(words.begin(), "map");
  }
  return words;
}

/// The first long name of each option in these groups of the help.
std::vector<std::string> options_in_help() {
  constexpr std::array<std::string_view, 5> groups{"Workers:", "Commands:", "Outputs of commands:", "Limits:", "Load:"};
  std::vector<std::string> options;
  bool in_group = false;
  for (const std::string& line : lines_of(run_prun({"--help"}).out)) {
    if (!line.starts_with(' ') && !line.empty()) in_group = std::ranges::find(groups, line) != groups.end();
    const auto first = line.find_first_not_of(' ');
    if (!in_group || first == std::string::npos || first > 6 || line[first] != '-') continue;
    const auto name = line.find("--");
    options.push_back(line.substr(name, line.find_first_of(" ,[", name) - name));
  }
  return options;
}

}  // namespace

TEST_CASE(
    "every option about workers, commands and limits works on hosts or is refused by name before anything starts") {
  const Folder folder;
  for (const Row& row : rows()) {
    if (row.words.empty()) continue;
    CAPTURE(row.option);
    if (row.holds == Holds::nowhere) {
      const Result run = run_prun(on_host(row.words, "touch " + folder.file("started") + " {agent}"));
      INFO(run);
      CHECK(run.status == 2);
      CHECK(run.out.empty());
      const std::string message = "--hosts and " + std::string(row.option) + " cannot be used together: ";
      CHECK(run.err.find(message) != std::string::npos);
      CHECK(run.err.find("; leave out one of them") != std::string::npos);
      CHECK_FALSE(std::filesystem::exists(folder / "started"));
      continue;
    }
    const Result run = run_prun(on_host(row.words, "env {agent}"));
    const Result local = run_prun(row.words);
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == local.out);
  }
}

TEST_CASE("the table of options for hosts is complete") {
  const std::vector<Row> table = rows();
  const std::vector<std::string> options = options_in_help();
  CHECK(options.size() > 30);
  for (const std::string& option : options) {
    INFO("say in rows(), in prun-cluster(7) and, if it is refused, in cluster_rules.cpp what it means for hosts: ",
         option);
    CHECK(std::ranges::count(table, option, &Row::option) == 1);
  }
}

TEST_CASE("prun-cluster(7) names every option that holds on hosts or is refused") {
  std::ifstream file(PRUN_SOURCE_DIR "/app/man/prun-cluster.7");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto begin = page.find(".Ss Options on several machines");
  const auto end = page.find(".Ss What is guaranteed");
  REQUIRE(begin < end);
  REQUIRE(end != std::string::npos);
  const std::string section = page.substr(begin, end - begin);
  for (const Row& row : rows()) {
    if (row.holds == Holds::for_all) continue;
    const std::string name(row.option.substr(1));  // as in .Fl -jobs
    const auto at = section.find(" " + name);
    CAPTURE(name);
    REQUIRE(at != std::string::npos);
    CHECK((section[at + name.size() + 1] == ' ' || section[at + name.size() + 1] == '\n'));
  }
}
