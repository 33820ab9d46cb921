// C functions as a user runs them: the real binary, the system's libraries, a crash.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun::test;

namespace {

const std::string library = std::string(PRUN_TEST_PLUGIN_DIR) + "/native/c_functions.so";

}  // namespace

TEST_CASE("C functions: every mode maps over a function of a system library") {
  for (const std::string mode : {"map", "imap", "starmap", "submit"}) {
    for (const std::string name : {"libm.so.6:sqrt(double)->double", "libm.so.6:sqrt( double x ) -> double"}) {
      const Result run = run_prun({mode, name, "16", "64", "--format", "{result}"});
      INFO(run);
      CHECK(run.status == 0);
      CHECK(run.out == "4.0\n8.0\n");
    }
  }
}

TEST_CASE("C functions: calls in task files have positional or keyword arguments") {
  const Result run =
      run_prun({"submit", "--format", "{result}"},
               R"({"function": "libm.so.6:cos(double)->double", "args": [0]})"
               "\n[\"libc.so.6:strlen(const char*)->size_t\", \"hello\"]\n"
               R"({"function": "libm.so.6:fmod(double x, double y)->double", "kwargs": {"y": 3, "x": 8}})");
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1.0\n5\n2.0\n");
}

TEST_CASE("C functions: a crash fails only its task") {
  const std::string crash = library + ":crash(int)->int";
  const Result run = run_prun({"imap", crash, "0", "11", "0", "6", "0", "-j", "2", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.out == "0\n0\n0\n");
  CHECK(run.err.find(crash + "(11): worker ") != std::string::npos);
  CHECK(run.err.find("SIGSEGV") != std::string::npos);
  CHECK(run.err.find("SIGABRT") != std::string::npos);
}

TEST_CASE("C functions: an argument out of range fails only its task") {
  const Result run = run_prun({"map", library + ":same_uint8(uint8_t)->uint8_t", "255", "256", "--output", "jsonl"});
  INFO(run);
  CHECK(run.status == 1);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["result"] == 255);
  CHECK(lines[1]["error"]["kind"] == "bad_arguments");
  CHECK(lines[1]["error"]["message"] == "arg = 256 does not fit uint8_t (0 to 255)");
}

TEST_CASE("C functions: a bad name is an error before any task runs") {
  for (const auto& [name, message] : std::vector<std::pair<std::string, std::string>>{
           {"libm.so.6:cbrt(doubel)->double", "column 16: 'doubel' is not a supported type"},
           {"libm.so.6:cbrt(double)", "column 23: expected '->' and the type of the result"},
           {"libm.so.6:cbrtt(double)->double", "libm.so.6 exports no function 'cbrtt'"},
           {"libmissing.so:f(double)->double", "libmissing.so cannot be loaded: "},
           {"libm.so.6:cbrt",
            "To call a C function of it, name it with its types, such as 'libm.so.6:cbrt(double)->double'"}}) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"map", name, "1"}, {"submit", name, "1"}}) {
      const Result run = run_prun(words);
      INFO(run);
      CHECK(run.status == 2);
      CHECK(run.err.find(message) != std::string::npos);
    }
  }
}

TEST_CASE("C functions: they run in threads too") {
  const Result run =
      run_prun({"map", "--threads", "libm.so.6:floor(double)->double", "1.5", "2.5", "--format", "{result}"});
  INFO(run);
  CHECK(run.out == "1.0\n2.0\n");
}
