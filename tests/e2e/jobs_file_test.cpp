// --jobs FILE: the number of workers changes while prun runs.
#include "run_prun.hpp"

#include "support/folder.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace prun::test;

namespace {

/// A command that tells its start, and ends when the file `go` is there.
std::string waiting_command(const Folder& folder) {
  return "echo {} >> " + folder.file("began") + "; until [ -e " + folder.file("go") + " ]; do sleep 0.01; done";
}

std::size_t lines_in(const Folder& folder, const char* name) { return lines_of(folder.read(name)).size(); }

}  // namespace

TEST_CASE("a greater number in the file of --jobs starts more tasks at once") {
  const Folder folder;
  folder.write("jobs", "1\n");
  Process process(prun_command({"-j", folder.file("jobs"), waiting_command(folder), ":::", "1", "2", "3", "4", "5"}));
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 1; }));
  folder.write("jobs", "3\n");
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 3; }));
  folder.write("new", "4\n");
  std::filesystem::rename(folder.file("new"), folder.file("jobs"));
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 4; }));
  folder.write("go", "");
  CHECK(process.wait().status == 0);
  CHECK(lines_in(folder, "began") == 5);
}

TEST_CASE("a smaller number in the file of --jobs lets running tasks end and starts fewer") {
  const Folder folder;
  folder.write("jobs", "3\n");
  const std::string count = "echo {} >> " + folder.file("began") + "; if [ {} -le 3 ]; then until [ -e " +
                            folder.file("go") + " ]; do sleep 0.01; done; else ls " + folder.file("running") +
                            " | wc -l; fi";
  Process process(prun_command({"-j", folder.file("jobs"), count, ":::", "1", "2", "3", "4", "5"}));
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 3; }));
  folder.write("jobs", "no number\n");
  REQUIRE(process.wait_until([&] { return process.err().find("the number of workers stays 3") != std::string::npos; }));
  folder.write("jobs", "1\n");
  folder.write("go", "");
  CHECK(process.wait().status == 0);
}
