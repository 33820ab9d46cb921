// The expressions of --cost: what they compute, and what is said of those that are wrong.
#include "order/cost_expression.hpp"

#include "support/folder.hpp"
#include "support/values.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using prun::order::CostExpression;
using prun::test::Folder;
using prun::test::json_value;

namespace {

std::string problem_of(const std::string& text) {
  const auto expression = CostExpression::parse(text);
  return expression ? "" : expression.error();
}

double cost(const std::string& text, const std::string& args_json = "[]") {
  const auto expression = CostExpression::parse(text);
  REQUIRE_MESSAGE(expression, text);
  const auto value = expression->value_for(json_value(args_json));
  REQUIRE_MESSAGE(value, text);
  return *value;
}

std::string refusal(const std::string& text, const std::string& args_json) {
  const auto expression = CostExpression::parse(text);
  REQUIRE(expression);
  const auto value = expression->value_for(json_value(args_json));
  return value ? "" : value.error();
}

}  // namespace

TEST_CASE("an expression has the usual precedence") {
  CHECK(cost("1 + 2 * 3") == 7);
  CHECK(cost("(1 + 2) * 3") == 9);
  CHECK(cost("10 - 3 - 2") == 5);
  CHECK(cost("24 / 4 / 2") == 3);
  CHECK(cost("2 ^ 3 ^ 2") == 512);
  CHECK(cost("-2 ^ 2") == -4);
  CHECK(cost("2 ^ -1") == 0.5);
  CHECK(cost("1.5e3") == 1500);
  CHECK(cost(" ( 1 ) ") == 1);
}

TEST_CASE("$N is an argument: a number, or a string that is one") {
  CHECK(cost("$1", "[39]") == 39);
  CHECK(cost("$2 - $1", "[1, 2.5]") == 1.5);
  CHECK(cost("$1", "[\"12\"]") == 12);
  CHECK(cost("$1", "[18446744073709551615]") == 18446744073709551615.0);
  CHECK(cost("$10", "[1,2,3,4,5,6,7,8,9,10]") == 10);
}

TEST_CASE("size($N) is the size of the file that an argument names") {
  const Folder folder;
  const std::string path = folder.file("f");
  std::ofstream(path) << "12345";
  CHECK(cost("size($1) * 2", "[\"" + path + "\"]") == 10);
  CHECK(refusal("size($1)", "[\"/no/such/file\"]") ==
        "the size of '/no/such/file' cannot be read: No such file or directory");
  CHECK(refusal("size($1)", "[4]") == "$1 is an integer, not the name of a file");
}

TEST_CASE("an argument that is no number has no cost, and the error says why") {
  CHECK(refusal("$1", "[\"abc\"]") == "$1 is 'abc', which is not a number");
  CHECK(refusal("$1", "[\"\"]") == "$1 is '', which is not a number");
  CHECK(refusal("$1", "[[1]]") == "$1 is an array, not a number");
  CHECK(refusal("$3", "[1]") == "the task has 1 argument, so there is no $3");
  CHECK(refusal("size($2)", "[]") == "the task has 0 arguments, so there is no $2");
}

TEST_CASE("a wrong expression is refused with the place of the fault") {
  CHECK(problem_of("") == "a number, $1, size($1) or '(' is expected at character 1");
  CHECK(problem_of("2 * )") == "a number, $1, size($1) or '(' is expected at character 5");
  CHECK(problem_of("2 3") == "an operator or the end is expected at character 3");
  CHECK(problem_of("(2") == "')' is expected at character 3");
  CHECK(problem_of("$") == "the number of an argument, from 1, is expected at character 2");
  CHECK(problem_of("$0") == "the number of an argument, from 1, is expected at character 2");
  CHECK(problem_of("size(1)") == "an argument such as $1 is expected at character 6");
  CHECK(problem_of("{1}") == "a number, $1, size($1) or '(' is expected at character 1");
  CHECK(problem_of("inf") == "a number, $1, size($1) or '(' is expected at character 1");
  CHECK(problem_of("1e999") == "a number is expected at character 1");
}

TEST_CASE("a cost that is no finite number cannot be computed") {
  for (const char* text : {"0/0", "1/0", "9^9^9^9"}) {
    prun::order::ExpressionCosts costs(*CostExpression::parse(text));
    prun::Task task;
    task.args = json_value("[]");
    const auto known = costs.cost_of(task);
    REQUIRE_FALSE(known);
    CHECK(known.error() == "the result is not a finite number");
  }
}

TEST_CASE("deep nesting is refused before it exhausts the stack") {
  CHECK(problem_of(std::string(100'000, '(')).starts_with("an expression with less nesting is expected"));
  CHECK(problem_of(std::string(100'000, '-')).starts_with("an expression with less nesting is expected"));
  CHECK(problem_of(std::string(50, '(') + "1" + std::string(50, ')')).empty());
}
