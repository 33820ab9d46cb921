// A plain C++ callable takes its arguments from bytes and leaves its result as bytes.
#include "function/typed_function.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace prun;

namespace {

std::string called(const Function& function, std::string_view args, const CallContext& context = {}) {
  std::string bytes, result, text;
  REQUIRE(wire::parse_json(args, bytes).has_value());
  function.call(bytes, context, result);
  wire::append_json(text, result);
  return text;
}

/// What a function of one argument of type T makes of it: the same value again.
template <class T>
std::string through(std::string_view json) {
  return called(*make_function(
                    "f", "", [](const T& v) -> T { return v; }, "v"),
                "[" + std::string(json) + "]");
}

long twice(long n) noexcept { return 2 * n; }

}  // namespace

TEST_CASE("values of every type are passed unchanged") {
  CHECK(through<std::int64_t>("-9223372036854775808") == "-9223372036854775808");
  CHECK(through<std::uint64_t>("18446744073709551615") == "18446744073709551615");
  CHECK(through<double>("2.5") == "2.5");
  CHECK(through<double>("2") == "2.0");
  CHECK(through<bool>("true") == "true");
  CHECK(through<std::string>("\"x\\n\"") == "\"x\\n\"");
  CHECK(through<std::string_view>("\"\"") == "\"\"");
  CHECK(through<std::vector<std::vector<int>>>("[[1],[],[2,3]]") == "[[1],[],[2,3]]");
  CHECK(through<std::vector<bool>>("[true,false]") == "[true,false]");
  CHECK(through<std::pair<int, std::string>>("[1,\"a\"]") == "[1,\"a\"]");
  CHECK(through<std::tuple<bool, double, std::vector<int>>>("[true,1.5,[]]") == "[true,1.5,[]]");
  CHECK(through<std::optional<int>>("null") == "null");
  CHECK(through<std::map<std::string, int>>("{\"a\":1,\"b\":2}") == "{\"a\":1,\"b\":2}");
  CHECK(through<AnyValue>("{\"z\":[1,2.0,null]}") == "{\"z\":[1,2.0,null]}");
}

TEST_CASE("functions, noexcept functions and lambdas without result can be called") {
  CHECK(called(*make_function("twice", "", twice, "n"), "[21]") == "42");
  CHECK(called(*make_function("nothing", "", [] {}), "[]") == "null");
}

TEST_CASE("a function may ask for the context of its task, which is no parameter") {
  const auto function = make_function(
      "where", "", [](const CallContext& context, std::uint64_t n) { return context.index + n; }, "n");
  CHECK(to_string("where", function->signature()) == "where(n: integer) -> integer");
  CHECK(called(*function, "[1]", {.index = 41}) == "42");
}

TEST_CASE("signatures follow from the types") {
  const auto function = make_function(
      "f", "",
      [](std::vector<int>, std::map<std::string, bool>, AnyValue, bool) { return std::tuple<int, std::string>(); }, "a",
      "b", "c", "d");
  CHECK(to_string("f", function->signature()) == "f(a: array, b: object, c: any, d: boolean) -> [integer, string]");
}

TEST_CASE("an argument that does not fit is named with its place and value") {
  CHECK_THROWS_WITH_AS((void)through<std::int8_t>("128"), "v = 128 does not fit a signed integer of 8 bits",
                       ArgumentError);
  CHECK_THROWS_WITH_AS((void)through<unsigned>("-1"), "v = -1 does not fit an unsigned integer of 32 bits",
                       ArgumentError);
  CHECK_THROWS_WITH_AS((void)through<std::int64_t>("18446744073709551615"),
                       "v = 18446744073709551615 does not fit a signed integer of 64 bits", ArgumentError);
  CHECK_THROWS_WITH_AS((void)through<std::vector<int>>("[1,\"x\"]"), "v[1] must be an integer, got \"x\"",
                       ArgumentError);
  CHECK_THROWS_WITH_AS((void)(through<std::vector<std::pair<int, bool>>>("[[1,true],[2,3]]")),
                       "v[1][1] must be a boolean, got 3", ArgumentError);
  CHECK_THROWS_WITH_AS((void)(through<std::pair<int, int>>("[1]")), "v must be an array of 2, got [1]", ArgumentError);
  CHECK_THROWS_WITH_AS((void)(through<std::map<std::string, int>>("{\"k\":null}")),
                       "v[\"k\"] must be an integer, got null", ArgumentError);
}

TEST_CASE("a wrong number of arguments is refused even if arguments were not bound to parameters") {
  CHECK_THROWS_WITH_AS((void)called(*make_function("twice", "", twice, "n"), "[1,2]"), "twice takes 1 arguments, got 2",
                       ArgumentError);
}
