// Command lines that people have for GNU parallel and xargs, run with prun and with the other tool. The rows are in corpus/*.txt, which
// says how they are written.
#include "prun_support.hpp"

#include "command/child_process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

using namespace prun::test;

namespace {

struct Row {
  std::string line;
  std::string difference;  ///< why prun prints something else; empty: it prints the same
  std::string out;         ///< then what it prints
  int status = 0;          ///< and its exit status
};

std::vector<Row> rows_of(const std::string& file) {
  std::ifstream input(std::string(PRUN_SOURCE_DIR) + "/tests/e2e/corpus/" + file);
  std::vector<Row> rows;
  std::string difference;
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("! ")) {
      difference = line.substr(2);
    } else if (line.starts_with("> ")) {
      rows.back().out += line.substr(2) + '\n';
    } else if (line.starts_with("= ")) {
      rows.back().status = std::stoi(line.substr(2));
    } else {
      rows.push_back({line, std::exchange(difference, {}), {}, 0});
    }
  }
  return rows;
}

/// The line with the tool in the place of each `@` that is a word.
std::string with_tool(const std::string& line, const std::string& tool) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = i == 0 || line[i - 1] == ' ';
    const bool ends = i + 1 == line.size() || line[i + 1] == ' ';
    text += line[i] == '@' && begins && ends ? tool : std::string(1, line[i]);
  }
  return text;
}

bool is_installed(const std::string& program) {
  try {
    static_cast<void>(prun::command::find_program(program));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// Runs a line with bash, in a new folder with the files that the rows use.
Result run_line(const std::string& line, const std::string& tool) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("prun-corpus-" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "dir");
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; };
  write("a.log", "one\ntwo\n");
  write("b.log", "three\n");
  write("b 1.log", "four\n");
  write("dir/c.txt", "five\n");
  write("list.txt", "a\nb c\n");
  write("commands.txt", "echo a\necho 'b  c'\necho d | tr d e\n");
  std::string numbers;
  for (int i = 0; i < 2000; ++i) numbers += std::to_string(i) + '\n';
  write("numbers.txt", numbers);
  Command command{{"bash", "-c", "greet() { echo \"hello $*\"; }; cd \"$0\" || exit 99; " + with_tool(line, tool),
                   folder.string()}};
  command.environment = {{"PARALLEL_HOME", folder.string()}, {"LC_ALL", "C"}};
  Process process(std::move(command));
  process.end_input();
  Result result = process.wait();
  std::filesystem::remove_all(folder);
  return result;
}

/// Compares one of several parts of the rows, because a test case may take only so long.
void compare(const std::string& file, const std::string& prun, const std::string& other, bool same_status,
             std::size_t part = 0, std::size_t parts = 1) {
  const std::vector<Row> rows = rows_of(file);
  REQUIRE(rows.size() > 50);
  for (std::size_t i = part; i < rows.size(); i += parts) {
    const Row& row = rows[i];
    CAPTURE(row.line);
    const Result ours = run_line(row.line, prun);
    const Result theirs = run_line(row.line, other);
    INFO(ours);
    INFO(theirs);
    if (row.difference.empty()) {
      CHECK(ours.out == theirs.out);
      if (same_status) {
        CHECK(ours.status == theirs.status);
      } else {
        CHECK((ours.status == 0) == (theirs.status == 0));
      }
    } else {
      CHECK(ours.out == row.out);
      CHECK(ours.status == row.status);
      CHECK((ours.out != theirs.out || ours.status != theirs.status));
    }
  }
}

void compare_with_parallel(std::size_t quarter) {
  if (!is_installed("parallel") || !is_installed("bash")) {
    MESSAGE("GNU parallel is not installed");
    return;
  }
  compare("parallel.txt", prun_binary(), "parallel --will-cite -k", false, quarter, 4);
}

}  // namespace

TEST_CASE("command lines of GNU parallel do the same with prun: first quarter") { compare_with_parallel(0); }
TEST_CASE("command lines of GNU parallel do the same with prun: second quarter") { compare_with_parallel(1); }
TEST_CASE("command lines of GNU parallel do the same with prun: third quarter") { compare_with_parallel(2); }
TEST_CASE("command lines of GNU parallel do the same with prun: last quarter") { compare_with_parallel(3); }

TEST_CASE("command lines of xargs do the same with prun xargs") {
  if (!is_installed("xargs") || !is_installed("bash")) {
    MESSAGE("xargs is not installed");
    return;
  }
  compare("xargs.txt", prun_binary() + " xargs", "xargs", true);
}
