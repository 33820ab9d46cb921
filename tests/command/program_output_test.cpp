// Asking a program a question.
#include "command/program_output.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace {

using prun::command::program_output;
using namespace std::chrono_literals;

tl::expected<std::string, std::string> output_of(const std::string& script, std::chrono::milliseconds limit = 60s) {
  return program_output({"sh", "-c", script}, limit);
}

}  // namespace

TEST_CASE("the output of a program that succeeds is returned") {
  CHECK(output_of("echo out; echo err >&2").value() == "out\n");
  CHECK(output_of("cat").value().empty());  // nothing to read
}

TEST_CASE("a program that fails is described by the last line that it wrote to standard error") {
  CHECK(output_of("echo first >&2; echo last >&2; exit 1").error() == "sh failed: last");
  CHECK(output_of("exit 3").error() == "sh failed: exit status 3");
}

TEST_CASE("a program that does not exist cannot be started") {
  CHECK(program_output({"no-such-program"}, 60s).error().starts_with("no-such-program cannot be started: "));
}

TEST_CASE("a program that takes too long is ended") {
  CHECK(output_of("exec sleep 1000", 1ms).error() == "sh took longer than 1 s");
}

TEST_CASE("a program that prints without end is ended") {
  CHECK(output_of("exec cat /dev/zero").error() == "sh printed more than 16 MiB");
}
