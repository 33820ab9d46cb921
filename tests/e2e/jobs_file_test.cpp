// The number of workers changes while prun runs: by --jobs FILE, or of prun xargs by signals.
#include "run_prun.hpp"

#include "support/folder.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <csignal>
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

TEST_CASE("SIGUSR1 lets prun xargs run one more command at a time") {
  const Folder folder;
  const std::string script = "echo began; until [ -e " + folder.file("go") + " ]; do sleep 0.01; done";
  Process process(prun_command({"xargs", "-n1", "sh", "-c", script}, "1\n2\n3\n4\n"));
  for (std::size_t began = 1; began <= 3; ++began) {
    REQUIRE(process.wait_for_lines(began));
    if (began < 3) process.signal(SIGUSR1);
  }
  folder.write("go", "");
  const Result ended = process.wait();
  CHECK(ended.status == 0);
  CHECK(lines_of(ended.out).size() == 4);
}

TEST_CASE("SIGUSR2 lets prun xargs run one command fewer at a time, but at least one") {
  const Folder folder;
  const std::string go = folder.file("go");
  const std::string script = "echo $0 >> " + folder.file("began") + "; test $0 != 3 || ls " + go + "2; until [ -e " +
                             go + "$0 ]; do sleep 0.01; done; echo $0 >> " + folder.file("ended");
  Process process(prun_command({"xargs", "-P2", "-n1", "sh", "-c", script}, "1\n2\n3\n"));
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 2; }));
  process.signal(SIGUSR2);
  process.signal(SIGUSR2);
  folder.write("go1", "");
  REQUIRE(process.wait_until([&] { return lines_in(folder, "ended") == 1; }));
  folder.write("go3", "");
  folder.write("go2", "");
  const Result ended = process.wait();
  CHECK(ended.status == 0);
  CHECK(ended.out == go + "2\n");
}

TEST_CASE("SIGUSR2 does not end prun") {
  const Folder folder;
  Process process(prun_command({"-j2", waiting_command(folder), ":::", "1", "2"}));
  REQUIRE(process.wait_until([&] { return lines_in(folder, "began") == 2; }));
  process.signal(SIGUSR2);
  folder.write("go", "");
  CHECK(process.wait().status == 0);
}
