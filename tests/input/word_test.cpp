// INPUT words of a command line: what each becomes.
#include "input/words/word.hpp"

#include "support/values.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace prun {
namespace {

/// A value as JSON; `range`; of a product, its first and last element; or the error.
std::string parsed(std::string_view word) {
  const auto input = parse_word(word);
  if (!input) return std::to_string(input.error().offset) + " " + input.error().message;
  if (std::holds_alternative<TextRange>(*input)) return "range";
  if (const auto* value = std::get_if<InputValue>(&*input)) return test::json_of(value->value);
  const auto& product = std::get<Product>(*input);
  std::string first;
  std::string last;
  product.assign(0, first);
  product.assign(product.count - 1, last);
  return std::to_string(product.count) + " of " + test::json_of(first) + " to " + test::json_of(last);
}

TEST_CASE("JSON values are themselves") {
  for (const char* word : {"42", "-7", "1.5", "1e+16", "true", "false", "null", "\"text\"", "[2,4]", "{\"a\":1}", "[]",
                           "18446744073709551615", "-9223372036854775808"}) {
    CHECK(parsed(word) == word);
  }
  CHECK(parsed(" [2, 4] ") == "[2,4]");
}

TEST_CASE("everything that does not look like JSON is a string") {
  for (const char* word : {"hello", "a.log", "1.2.3", "007", "+5", "nan", "truely", "../a", "a,b", "10,000", "-x", "",
                           " padded ", "1e", "0x10"}) {
    CHECK(parsed(word) == '"' + std::string(word) + '"');
  }
}

TEST_CASE("a string keeps bytes that are not UTF-8") {
  const auto input = parse_word("caf\xE9.txt");
  REQUIRE(input);
  CHECK(wire::ValueReader(std::get<InputValue>(*input).value).string() == "caf\xE9.txt");
}

TEST_CASE("text that begins like JSON and is invalid is an error with its position") {
  CHECK(parsed("[1,").starts_with("3 "));
  CHECK(parsed("{a:1}").starts_with("1 "));
  CHECK(parsed("\"open").find("must be JSON") != std::string::npos);
}

TEST_CASE("an integer beyond 64 bits is kept as digits with a defect") {
  const auto input = parse_word("[1,123456789012345678901]");
  REQUIRE(input);
  const auto& value = std::get<InputValue>(*input);
  CHECK(test::json_of(value.value) == "[1,123456789012345678901]");
  CHECK(value.defect == "an integer does not fit 64 bits: 123456789012345678901");
}

TEST_CASE("commas between ranges make a product, whose last part varies fastest") {
  CHECK(parsed("1..39") == "range");
  CHECK(parsed("0..3,0..4") == "20 of [0,0] to [3,4]");
  CHECK(parsed("0..3,fast") == "4 of [0,\"fast\"] to [3,\"fast\"]");
  CHECK(parsed("a,3..1,[1,2]") == "3 of [\"a\",3,[1,2]] to [\"a\",1,[1,2]]");
  CHECK(parsed("2,4") == "1 of [2,4] to [2,4]");
  CHECK(parsed("a..c,01..02") == "6 of [\"a\",\"01\"] to [\"c\",\"02\"]");
  CHECK(parsed("0.1..0.3..0.1,x") == "3 of [0.1,\"x\"] to [0.3,\"x\"]");
  CHECK(parsed("true,1.5,null") == "1 of [true,1.5,null] to [true,1.5,null]");
  std::string second;
  std::get<Product>(parse_word("0..3,0..4").value()).assign(1, second);
  CHECK(test::json_of(second) == "[0,1]");
}

TEST_CASE("a product of more than eight parts counts them all") {
  CHECK(parsed("0..1,0..1,0..1,0..1,0..1,0..1,0..1,0..1,0..1,0..1") ==
        "1024 of [0,0,0,0,0,0,0,0,0,0] to [1,1,1,1,1,1,1,1,1,1]");
}

TEST_CASE("an error in a product is reported with its position") {
  CHECK(parsed("0..3,") == "5 a part of the product is empty, expected a range or a value");
  CHECK(parsed("0..3,0..x").starts_with("8 bad range: its end"));
  CHECK(parsed("0..3,1..5..0").starts_with("11 bad range: its step is 0"));
  CHECK(parsed("1..4294967296,1..4294967296") == "14 the product has more than 2^64 - 1 elements");
}

}  // namespace
}  // namespace prun
