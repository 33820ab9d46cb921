// Calls in the notation of a program.
#include "input/words/call_text.hpp"

#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <string>

namespace prun {
namespace {

std::string parsed(std::string_view text) {
  const auto call = parse_call(text);
  if (!call) return std::to_string(call.error().offset) + " " + call.error().message;
  std::string shown = call->function;
  wire::append_json(shown, call->args);
  if (!call->kwargs.empty()) wire::append_json(shown, call->kwargs);
  return call->defect.empty() ? shown : shown + ' ' + call->defect;
}

TEST_CASE("a call is a name and arguments") {
  CHECK(parsed("fib(8)") == "fib[8]");
  CHECK(parsed("ackermann(2, 4)") == "ackermann[2,4]");
  CHECK(parsed(" f ( ) ") == "f[]");
  CHECK(parsed("math.pow(2.5, -1)") == "math.pow[2.5,-1]");
  CHECK(parsed("f([1, {\"a\": [2]}], \"x,)(\")") == "f[[1,{\"a\":[2]}],\"x,)(\"]");
}

TEST_CASE("arguments may have names") {
  CHECK(parsed("ackermann(m=2, n = 4)") == "ackermann[]{\"m\":2,\"n\":4}");
  CHECK(parsed("ackermann(2, n=4)") == "ackermann[2]{\"n\":4}");
  CHECK(parsed("f(m=2, 4)") == "7 an argument without a name cannot follow one with a name");
  CHECK(parsed("f(m=2, m=4)") == "7 the argument 'm' is given twice");
}

TEST_CASE("values may be written in Python syntax") {
  CHECK(parsed("f('it\\'s', 'say \"hi\"')") == R"(f["it's","say \"hi\""])");
  CHECK(parsed("f(['a', 'b\\n'], True, False, None)") == R"(f[["a","b\n"],true,false,null])");
  CHECK(parsed("f('True')") == R"(f["True"])");
}

TEST_CASE("errors refer to positions in the user's text") {
  CHECK(parsed("fib(8").starts_with("5 expected ',' or ')'"));
  CHECK(parsed("fib(8,)") == "6 unexpected ')', expected a value");
  CHECK(parsed("fib(8 9)") == "6 expected ',' or ')' after an argument");
  CHECK(parsed("fib(") == "4 the call is not closed, expected a value or ')'");
  CHECK(parsed("fib(8) 9") == "7 unexpected text after the call; write each call as a separate word");
  CHECK(parsed("sha256(hello)") == "7 unexpected 'hello', expected a value; write strings in quotes");
  CHECK(parsed("f('a', 'b\\q')").starts_with("10 "));
  CHECK(parsed("f(None, [1,,2])").starts_with("11 "));
  CHECK(parsed("f('open").starts_with("2 "));
}

TEST_CASE("an integer beyond 64 bits leaves a defect") {
  CHECK(parsed("fib(99999999999999999999)") ==
        "fib[99999999999999999999] an integer does not fit 64 bits: 99999999999999999999");
}

TEST_CASE("a function of a file is named by the file's path, a colon and its name") {
  CHECK(parsed("./mine.so:collatz(27)") == "./mine.so:collatz[27]");
  CHECK(parsed("../a b/2.x/mine.so:f.g(1, n=2)") == "../a b/2.x/mine.so:f.g[1]{\"n\":2}");
  CHECK(called_name(" /lib/article.py:fib (8)") == "/lib/article.py:fib");
  for (const char* text : {"./mine.so(1)", "./mine.so:(1)", "a/b(c:d)", "[1]/x:f(1)", "/:"}) {
    CHECK_MESSAGE(!looks_like_call(text), text);
  }
}

TEST_CASE("a name before a parenthesis looks like a call") {
  CHECK(looks_like_call("fib(8)"));
  CHECK(looks_like_call("report(1).txt"));
  CHECK(called_name(" my-lib:f.g (1)") == "my-lib:f.g");
  for (const char* text : {"fib", "(8)", "8(1)", "[f(1)]", "a b(1)", ""}) CHECK_MESSAGE(!looks_like_call(text), text);
}

}  // namespace
}  // namespace prun
