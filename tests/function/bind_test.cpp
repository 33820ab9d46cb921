// A task's arguments are fitted to its function's signature, or it is said what is wrong with them.
#include "function/registry.hpp"
#include "function/typed_function.hpp"
#include "support/values.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace prun;
using namespace prun::test;

namespace {

const std::unique_ptr<Function>& mix() {
  static const auto function = make_function(
      "mix", "", [](std::int64_t n, double, std::string_view) { return n; }, "n",
      NamedParameter::with_default("x", 0.5), NamedParameter::with_default("s", std::string("t")));
  return function;
}

Function& ackermann() {
  static const auto function = make_function(
      "ackermann", "", [](long m, long n) { return m + n; }, "m", "n");
  return *function;
}

Task task(const Function& function, std::string_view args, std::string_view kwargs = "") {
  Task made;
  made.function = &function;
  made.args = json_value(args);
  if (!kwargs.empty()) made.kwargs = json_value(kwargs);
  return made;
}

/// The arguments that came out, as JSON, or the error.
std::string bound(const Function& function, std::string_view args, std::string_view kwargs = "") {
  Task made = task(function, args, kwargs);
  const auto result = bind(made);
  if (!result) return result.error();
  CHECK(made.kwargs.empty());
  return json_of(made.args);
}

}  // namespace

TEST_CASE("arguments that fit stay as they are, in the same memory") {
  Task made = task(ackermann(), "[2,4]");
  const char* memory = made.args.data();
  REQUIRE(bind(made).has_value());
  CHECK(made.args.data() == memory);
  CHECK(json_of(made.args) == "[2,4]");
}

TEST_CASE("keyword arguments move to their places") {
  CHECK(bound(ackermann(), "[]", R"({"n":4,"m":2})") == "[2,4]");
  CHECK(bound(ackermann(), "[2]", R"({"n":4})") == "[2,4]");
  CHECK(bound(ackermann(), "[2,4]", "{}") == "[2,4]");
}

TEST_CASE("defaults replace absent arguments") {
  CHECK(bound(*mix(), "[1]") == "[1,0.5,\"t\"]");
  CHECK(bound(*mix(), "[1]", R"({"s":"u"})") == "[1,0.5,\"u\"]");
  CHECK(bound(*mix(), "[1,2]") == "[1,2,\"t\"]");
}

TEST_CASE("an integer is accepted as a number, a float is not accepted as an integer") {
  CHECK(bound(*mix(), "[1,7,\"s\"]") == "[1,7,\"s\"]");
  CHECK(bound(ackermann(), "[1,2.0]") == "ackermann(m: integer, n: integer) needs an integer for n, got 2.0");
}

TEST_CASE("an error about the number of arguments names the right number") {
  CHECK(bound(ackermann(), "[1,2,3]") == "ackermann(m: integer, n: integer) takes 2 arguments, got 3");
  CHECK(bound(ackermann(), "[1]") == "ackermann(m: integer, n: integer) takes 2 arguments, got 1");
  CHECK(bound(*mix(), "[]") == "mix(n: integer, x: number = 0.5, s: string = \"t\") takes 1 to 3 arguments, got 0");
  const auto none = make_function("none", "", [] { return 1; });
  CHECK(bound(*none, "[1]") == "none() takes no arguments, got 1");
}

TEST_CASE("an error about a keyword names it") {
  const std::string form = "ackermann(m: integer, n: integer) ";
  CHECK(bound(ackermann(), "[1]", R"({"k":1})") == form + "has no parameter k");
  CHECK(bound(ackermann(), "[1]", R"({"m":1})") == form + "got m twice, as positional and as keyword argument");
  CHECK(bound(ackermann(), "[]", R"({"m":1})") == form + "misses the argument n");
  CHECK(bound(ackermann(), "[1]", "[2]") == form + "takes an object of keyword arguments, got [2]");
}

TEST_CASE("a keyword that occurs twice in the bytes is an error") {
  Task made = task(ackermann(), "[]");
  made.kwargs = "\x82\xa1m\x01\xa1m\x02";
  CHECK(bind(made).error() == "ackermann(m: integer, n: integer) got the keyword m twice");
}

TEST_CASE("an error about a type shows the value, shortened if it is long") {
  const std::string form = "ackermann(m: integer, n: integer) needs an integer for m, got ";
  CHECK(bound(ackermann(), R"(["x",1])") == form + "\"x\"");
  CHECK(bound(ackermann(), "[null,1]") == form + "null");
  CHECK(bound(ackermann(), "[[1,2],1]") == form + "[1,2]");
  const std::string sixty(60, 'x');
  CHECK(bound(ackermann(), "[\"" + sixty + "yyy\",1]") == form + '"' + sixty + "\"...");
  CHECK(bound(ackermann(), "[]", R"({"m":true,"n":1})") == form + "true");
}

TEST_CASE("null is accepted for a parameter whose default is null") {
  const auto optional = make_function(
      "f", "", [](std::optional<long> n) { return n.has_value(); },
      NamedParameter::with_default("n", std::optional<long>()));
  CHECK(bound(*optional, "[null]") == "[null]");
  CHECK(bound(*optional, "[]") == "[null]");
  CHECK(bound(*optional, "[\"x\"]") == "f(n: integer = null) needs an integer for n, got \"x\"");
}

TEST_CASE("an integer beyond 64 bits is accepted as an integer and keeps its defect") {
  Task made = task(ackermann(), R"([123456789012345678901234567890,1])");
  made.defect = "the integer does not fit 64 bits";
  CHECK(bind(made).has_value());
  CHECK_FALSE(made.defect.empty());
}

TEST_CASE("arguments that are not an array, or not a value, are errors") {
  CHECK(bound(ackermann(), "5") == "ackermann(m: integer, n: integer) takes an array of arguments, got 5");
  for (const std::string& bytes :
       {std::string(), std::string("\x92\x01"), std::string("\x91\xc1"), std::string("\xc1")}) {
    Task made = task(ackermann(), "[]");
    made.args = bytes;
    CHECK_FALSE(bind(made).has_value());
  }
}

TEST_CASE("a signature is shown with types, defaults and result") {
  CHECK(to_string("ackermann", ackermann().signature()) == "ackermann(m: integer, n: integer) -> integer");
  CHECK(to_string("mix", mix()->signature()) == "mix(n: integer, x: number = 0.5, s: string = \"t\") -> integer");
}
