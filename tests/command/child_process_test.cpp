// A child and what is known of its end.
#include "command/child_process.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <string>
#include <system_error>
#include <vector>

using namespace prun::command;

TEST_CASE("a program does not start if its streams cannot be set up") {
  const std::vector<std::string> arguments{"true"};
  const std::string path = find_program("true");
  Program program{path, arguments};
  program.out = 1'000'000;  // no descriptor
  CHECK_THROWS_WITH_AS(ChildProcess{program}, "its standard streams: Bad file descriptor", std::system_error);
}

TEST_CASE("a child that another process has reaped ends with an unknown status") {
  const std::vector<std::string> arguments{"true"};
  const std::string path = find_program("true");
  ChildProcess child(Program{path, arguments});
  REQUIRE(::waitpid(child.pid(), nullptr, 0) == child.pid());
  CHECK(child.news().ended);
  CHECK_THROWS_AS(child.wait(), std::system_error);
}
