// What a Python function returns, and what prun makes of it: JSON where JSON has a form, and no lost work where it has none.
#include "prun_support.hpp"
#include "python_support.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace prun::test;

namespace {

const std::string folder = PRUN_SOURCE_DIR "/tests/python/modules";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string::npos; }

Result run_python(std::vector<std::string> arguments, std::string input = {}) {
  Command command = prun_command(std::move(arguments), std::move(input));
  command.arguments.insert(command.arguments.begin(), {"sh", "-c", "cd '" + folder + "' && exec \"$0\" \"$@\""});
  command.environment.emplace_back("PYTHONDONTWRITEBYTECODE", "1");
  Result run = run_command(std::move(command));
  CHECK_FALSE(run.timed_out);
  return run;
}

/// The JSON text of what `results.py` returns for `name`.
std::string result_text(const std::string& name, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"submit", "--output", "jsonl", "-j", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Result run = run_python(std::move(arguments), "[\"results.py:value\", \"" + name + "\"]\n");
  INFO(run);
  CHECK(run.status == 0);
  const auto at = run.out.find("\"result\":");
  REQUIRE(at != std::string::npos);
  const std::string rest = run.out.substr(at + 9);
  REQUIRE(nlohmann::json::accept(run.out));
  return rest.substr(0, rest.find(",\"started\":"));
}

}  // namespace

TEST_CASE("python results: values of the standard library become JSON") {
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"factorial", "51090942171709440000"},
           {"negative", "-340282366920938463463374607431768211456"},
           {"decimal", "0.10"},
           {"decimals", R"([1E+5,"NaN","Infinity"])"},
           {"date", R"("2024-02-29")"},
           {"datetime", R"("2024-02-29T12:30:00+00:00")"},
           {"time", R"("12:30:00")"},
           {"durations", R"(["P1DT3.5S","-PT90S","PT0S"])"},
           {"set", "[1,2,3]"},
           {"frozenset", R"(["a","b"])"},
           {"dataclass", R"({"x":1,"inner":{"when":"2024-02-29"},"tags":["a"]})"},
           {"enum", R"("red")"},
           {"int_enum", "2"},
           {"path", R"("/tmp/a")"},
           {"complex", R"("1+2j")"},
           {"bytes", R"("AP/+")"},
           {"bytes_sizes", R"(["","YQ==","YWI=","YWJj"])"},
           {"bytearray", R"("YWJj")"},
           {"memoryview", R"("YWJj")"},
           {"not_numbers", R"(["NaN","Infinity","-Infinity"])"},
           {"uuid", R"("12345678-1234-5678-1234-567812345678")"},
           {"deque", "[1,2]"},
           {"range", "[0,1,2]"},
           {"views", R"([["a"],[1]])"},
           {"keys",
            R"json({"2024-02-29":1,"true":2,"null":3,"1.5":4,"18446744073709551616":5,"red":6,"(1, 2)":7})json"},
           {"index", "7"}}) {
    CAPTURE(name);
    CHECK(result_text(name) == text);
  }
}

TEST_CASE("python results: text output shows a long integer's digits and the bytes themselves") {
  CHECK(run_python({"map", "math:factorial", "21", "--format", "{result}"}).out == "51090942171709440000\n");
  CHECK(run_python({"map", "results.py:value", "bytes", "--format", "{result}"}).out == std::string("\0\xff\xfe\n", 4));
  CHECK(run_python({"map", "results.py:digits", "5000", "--format", "{result}"}).out.size() == 5001);
}

TEST_CASE("python results: an integer of any length is an argument, and for a C++ function a clear error") {
  const std::string big = "340282366920938463463374607431768211457";
  CHECK(run_python({"map", "results.py:half", big, "-" + big, "--format", "{result}"}).out ==
        "170141183460469231731687303715884105728\n-170141183460469231731687303715884105729\n");
  CHECK(run_python({"submit", "--format", "{result}"}, "[\"article.py:echo\", {\"k\": [" + big + "]}]\n").out ==
        "[[{\"k\":[" + big + "]}],{}]\n");
  const Result run = run_python({"map", "fib", big});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(contains(run.err, "does not fit 64 bits: " + big));
}

TEST_CASE("python results: a value without a form is its repr, with one warning a type") {
  const Result run = run_python({"map", "kinds.py:unserializable", "1..40", "-j", "2", "-c", "1", "--output", "jsonl"});
  INFO(run);
  CHECK(run.status == 0);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 40);
  CHECK(lines[39].at("result").get<std::string>().starts_with("<kinds.Unknown object at 0x"));
  const auto warning = run.err.find("a value of type kinds.Unknown, which has no form in JSON");
  CHECK(warning != std::string::npos);
  CHECK(run.err.find("kinds.Unknown", warning + 40) == std::string::npos);
}

TEST_CASE("python results: a value whose repr fails or would be endless is its address") {
  CHECK(result_text("no_text").starts_with("[1,\"<results.NoText object at 0x"));
  CHECK(result_text("shared").starts_with("\"<list object at 0x"));
  CHECK(result_text("deep_no_field").starts_with("\"<list object at 0x"));
}

TEST_CASE("python results: a result whose conversion raises MemoryError fails its task alone") {
  for (const std::string name : {"no_memory", "no_memory_in_set", "no_memory_in_key", "no_memory_in_depth"}) {
    CAPTURE(name);
    const Result run = run_python({"map", "results.py:value", "uuid", name, "date", "-j", "1", "--output", "jsonl"});
    INFO(run);
    const auto lines = json_lines(run.out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].contains("result"));
    CHECK(lines[1].at("error").at("message") == "the result cannot be converted: MemoryError: too large");
    CHECK(lines[2].contains("result"));
  }
}

TEST_CASE("python results: --default converts values that JSON cannot represent, as json.dumps does") {
  for (const std::string function : {"results.py:encode", "lambda o: {'kind': type(o).__name__}"}) {
    CHECK(result_text("unknown", {"--default", function}) == R"([{"kind":"Unknown"},1])");
  }
  CHECK(result_text("unknown", {"--default", "str"}).starts_with("[\"<results.Unknown object"));
  CHECK(result_text("decimal", {"--default", "results.py:fail"}) == "0.10");
  const Result fails =
      run_python({"map", "results.py:value", "unknown", "--default", "results.py:fail", "--output", "jsonl"});
  INFO(fails);
  CHECK(fails.status == 1);
  const auto error = json_lines(fails.out).at(0).at("error");
  CHECK(error.at("kind") == "bad_result");
  CHECK(error.at("message") == "the result cannot be converted: TypeError: not that");
  const Result missing = run_python({"map", "results.py:value", "date", "--default", "results.py:nothing"});
  INFO(missing);
  CHECK(missing.status == 2);
  CHECK(contains(missing.err, "results.py:nothing"));
}

TEST_CASE("python results: coroutines are awaited, all on one event loop") {
  CHECK(run_python({"map", "results.py:later", "1..3", "-j", "1", "--format", "{result}"}).out == "2\n4\n6\n");
  CHECK(run_python({"map", "results.py:loop_changes", "1..3", "-j", "1", "--format", "{result}"}).out == "1\n1\n1\n");
  const Result run = run_python({"map", "results.py:late_failure", "1", "--output", "jsonl"});
  INFO(run);
  const auto error = json_lines(run.out).at(0).at("error");
  CHECK(error.at("type") == "ValueError");
  CHECK(contains(error.at("where").get<std::string>(), "late_failure (results.py:"));
}

TEST_CASE("python results: NumPy's scalars and arrays") {
  const auto python = python_with_numpy();
  if (!python) {
    MESSAGE("SKIPPED: no Python with NumPy is installed (Debian: python3-numpy)");
    return;
  }
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"np_int", "7"},
           {"np_uint", "18446744073709551615"},
           {"np_float", "0.5"},
           {"np_bool", "true"},
           {"np_array", "[[1,2],[3,4]]"},
           {"np_floats", R"([0.5,"NaN"])"},
           {"np_bools", "[true,false]"},
           {"np_one", "[5]"},
           {"np_zero_dimensions", "5"},
           {"np_dates", R"(["2024-02-29","2024-03-01"])"},
           {"np_date", R"("2024-02-29")"},
           {"np_no_times", R"(["NaT","NaT","PT90S"])"},
           {"np_no_time_arrays", R"([["2024-02-29","NaT"],["PT1S","NaT"]])"},
           {"np_complex", R"("1+2j")"},
           {"np_keys", R"({"3":1})"},
           {"np_long", "0.5"}}) {
    CAPTURE(name);
    CHECK(result_text("numpy." + name, {"--python", *python}) == text);
  }
}
