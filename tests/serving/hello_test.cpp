// The hello of a serving process: what it may leave out, and what is wrong with it.
#include "serving/hello.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace prun;
using serving::parse_hello;

TEST_CASE("a hello: functions with only a name take any arguments") {
  const auto offers = parse_hello(R"({"prun": 1, "functions": [{"name": "f"}, {"name": "g", "help": "of g"}]})");
  REQUIRE(offers);
  REQUIRE(offers->size() == 2);
  CHECK(to_string("f", offers->at(0).signature) == "f(*, **)");
  CHECK(offers->at(0).signature.open);
  CHECK(offers->at(1).help == "of g");
}

TEST_CASE("a hello: keyword parameters come after variable arguments") {
  const auto offers = parse_hello(
      R"({"prun": 1, "functions": [{"name": "f", "more_arguments": true, "parameters":
          [{"name": "a"}, {"name": "k", "keyword_only": true, "optional": true}]}]})");
  REQUIRE(offers);
  CHECK(to_string("f", offers->at(0).signature) == "f(a: any, *, k: any = ...)");
}

TEST_CASE("a hello: parameters have types, defaults and kinds") {
  const auto offers = parse_hello(
      R"({"prun": 1, "later": true, "functions": [{"name": "f", "result": "string", "more_keywords": true, "parameters":
          [{"name": "k", "keyword_only": true, "optional": true}, {"name": "a", "type": "integer"},
           {"name": "b", "type": "string", "default": "x"}, {"name": "c", "type": "complex"}]}]})");
  REQUIRE(offers);
  const Signature& signature = offers->at(0).signature;
  CHECK(to_string("f", signature) == "f(a: integer, b: string = \"x\", c: any, *, k: any = ..., **) -> string");
  CHECK(signature.parameters[1].optional);
  CHECK_FALSE(signature.parameters[0].optional);
  CHECK(signature.parameters[3].keyword_only);
}

TEST_CASE("a hello: further positional arguments may have a type") {
  const auto offers = parse_hello(
      R"({"prun": 1, "functions": [{"name": "f", "more_arguments": true, "more_arguments_type": "string", "parameters":
          [{"name": "a", "type": "integer"}, {"name": "k", "type": "number", "keyword_only": true}]}]})");
  REQUIRE(offers);
  const Signature& signature = offers->at(0).signature;
  CHECK(type_at(signature, 0) == ParameterType::integer);
  CHECK(type_at(signature, 1) == ParameterType::string);
  CHECK(type_at(signature, 7) == ParameterType::string);
}

TEST_CASE("a hello: errors say what is wrong") {
  for (const auto& [line, message] : {
           std::pair{"", "invalid JSON"},
           {"hello", "invalid JSON"},
           {"[]", "a line that is not an object"},
           {R"({"functions": []})", "without \"prun\": 1"},
           {R"({"prun": 2, "functions": []})", "without \"prun\": 1"},
           {R"({"prun": 1})", "without \"functions\""},
           {R"({"prun": 1, "functions": {}})", "functions that is not an array"},
           {R"({"prun": 1, "functions": [1]})", "a function that is not an object"},
           {R"({"prun": 1, "functions": [{}]})", "a function that has no name"},
           {R"({"prun": 1, "functions": [{"name": 5}]})", "a function's name that is not a string"},
           {R"({"prun": 1, "functions": [{"name": "f", "parameters": [{}]}]})", "a parameter that has no name"},
       }) {
    CAPTURE(line);
    const auto offers = parse_hello(line);
    REQUIRE_FALSE(offers);
    CHECK(offers.error().find(message) != std::string::npos);
  }
}
