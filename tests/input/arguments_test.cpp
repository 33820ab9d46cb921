// How an input becomes a call's arguments, by mode and signature.
#include "input/source_support.hpp"

#include <doctest/doctest.h>

namespace prun {
namespace {

InputOptions unpacking() {
  InputOptions options;
  options.unpack = true;
  return options;
}

InputOptions one_call() {
  InputOptions options = unpacking();
  options.one_call = true;
  return options;
}

TEST_CASE("map passes the whole input to a function of one parameter") {
  CHECK(tasks_of({"identity", "7", "[2,4]", "[2]", "{\"a\":1}"}) ==
        Lines{"identity[7]", "identity[[2,4]]", "identity[[2]]", "identity[{\"a\":1}]"});
}

TEST_CASE("map unpacks an array if the function takes several arguments") {
  CHECK(tasks_of({"ackermann", "[2,4]", "0..1,3"}) == Lines{"ackermann[2,4]", "ackermann[0,3]", "ackermann[1,3]"});
}

TEST_CASE("map unpacks an array of one element if the parameter cannot be an array") {
  CHECK(tasks_of({"fib", "[8]"}) == Lines{"fib[8]"});
  CHECK(tasks_of({"fib", "[8,9]"}).front().starts_with("error: input 1, column 1: fib(n: integer)"));
}

TEST_CASE("starmap and submit always unpack an array, and nothing else") {
  CHECK(tasks_of({"identity", "7", "[[2,4]]", "[2]"}, unpacking()) ==
        Lines{"identity[7]", "identity[[2,4]]", "identity[2]"});
  CHECK(tasks_of({"identity", "[2,4]"}, unpacking()).front().starts_with("error: input 1"));
}

TEST_CASE("apply takes all inputs as the arguments of one call") {
  CHECK(tasks_of({"ackermann", "2", "4"}, one_call()) == Lines{"ackermann[2,4]"});
  CHECK(tasks_of({"ackermann", "[2,4]"}, one_call()) == Lines{"ackermann[2,4]"});
  CHECK(tasks_of({"ackermann", "2,4"}, one_call()) == Lines{"ackermann[2,4]"});
  CHECK(tasks_of({"ackermann(n=4, m=2)"}, one_call()) == Lines{"ackermann[2,4]"});
  CHECK(tasks_of({"fib"}, one_call()).front().starts_with("error: fib(n: integer) takes 1 argument"));
}

TEST_CASE("apply refuses several calls") {
  CHECK(tasks_of({"fib", "1..3"}, one_call()).front().starts_with("error: input 1, column 1: apply makes one call"));
  CHECK(tasks_of({"fib(1)", "fib(2)"}, one_call()) == Lines{"error: apply makes one call; use submit for several"});
  CHECK(tasks_of({"fib", "-"}, one_call()).front().starts_with("error: input 1, column 1: one call takes"));
}

}  // namespace
}  // namespace prun
