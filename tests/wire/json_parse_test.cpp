// JSON text becomes a value with nothing lost, or an error that says what and where. The oracle is nlohmann's own
// parser.
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

using namespace prun::wire;
using nlohmann::json;

namespace {

std::string parsed(std::string_view text) {
  std::string out;
  const auto result = parse_json(text, out);
  REQUIRE_MESSAGE(result.has_value(), text);
  return out;
}

/// The value, through the oracle's eyes.
json value_of(std::string_view text) { return json::from_msgpack(parsed(text)); }

/// The error as `offset: message`.
std::string error_of(std::string_view text) {
  std::string out = "before";
  const auto result = parse_json(text, out);
  CHECK(out == "before");
  if (result.has_value()) return "no error";
  return std::to_string(result.error().offset) + ": " + result.error().message;
}

std::string repeated(std::string_view part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

}  // namespace

TEST_CASE("every kind of JSON value is kept") {
  for (const char* text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
        "1.5", "-0.0", "1e300", "2E-3", "\"\"", "\"a\\u00e9\\ud83d\\ude00\\n\"", "[]", "{}", "[1,[2,[3,{}]],\"x\"]",
        "{\"b\":1,\"a\":{\"c\":[null]}}", " \t\r\n [ 1 , 2 ] \n"}) {
    CAPTURE(text);
    CHECK(value_of(text) == json::parse(text));
  }
}

TEST_CASE("an integer takes the bytes that ValueWriter gives it") {
  std::string expected;
  ValueWriter(expected).integer(-300);
  CHECK(parsed("-300") == expected);
  expected.clear();
  ValueWriter(expected).integer(5'000'000'000);
  CHECK(parsed("5000000000") == expected);
}

TEST_CASE("containers of every length class, also within each other, have the right heads") {
  for (const int size : {0, 1, 15, 16, 17, 255, 65535, 65536}) {
    json inner = json::array();
    for (int i = 0; i < size; ++i) inner.push_back(i);
    json object = json::object();
    for (int i = 0; i < size; ++i) object["key" + std::to_string(i)] = i % 3 == 0 ? json::array({i}) : json(i);
    const json value = {{"a", {inner, inner, {{"deep", inner}}}}, {"o", object}, {"z", {1}}};
    const std::string bytes = parsed(value.dump());
    CHECK(is_value(bytes));
    CHECK((json::from_msgpack(bytes) == value));
  }
}

TEST_CASE("the value is appended to the existing bytes") {
  std::string out = "before";
  REQUIRE(parse_json("[" + repeated("[1],", 20) + "2]", out).has_value());
  CHECK(out.starts_with("before"));
  CHECK(is_value(std::string_view(out).substr(6)));
}

TEST_CASE("keys keep the order of the text") {
  const std::string bytes = parsed(R"({"z":1,"a":2})");
  ValueReader reader(bytes);
  CHECK(reader.map() == 2);
  CHECK(reader.string() == "z");
  CHECK(reader.integer() == 1);
  CHECK(reader.string() == "a");
}

TEST_CASE("an integer beyond 64 bits is stored as its digits and reported") {
  for (const std::string digits : {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"}) {
    std::string out;
    const auto result = parse_json("[" + digits + ",1]", out);
    REQUIRE(result.has_value());
    CHECK(result->big_integer);
    ValueReader reader(out);
    CHECK(reader.array() == 2);
    CHECK(reader.peek() == Kind::decimal);
    CHECK(reader.decimal() == digits);
    CHECK(reader.integer() == 1);
  }
  std::string out;
  CHECK_FALSE(parse_json("[18446744073709551615, 1e30]", out)->big_integer);
}

TEST_CASE("a number that no float holds is an error") {
  CHECK(error_of("[1, 1e400]") == "4: 1e400 is beyond the largest float of 64 bits, 1.8e308");
  CHECK(error_of("-1e400") == "0: -1e400 is beyond the largest float of 64 bits, 1.8e308");
  CHECK(error_of("[" + repeated("9", 400) + "]") == "1: an integer of 400 digits is too long; the maximum is 308");
}

TEST_CASE("an error about a misplaced token names it and what was expected") {
  CHECK(error_of("") == "0: unexpected end of the text, expected a value");
  CHECK(error_of("  ") == "2: unexpected end of the text, expected a value");
  CHECK(error_of("[1, ]") == "4: unexpected ']', expected a value");
  CHECK(error_of("[1 22]") == "3: unexpected number, expected ',' or ']'");
  CHECK(error_of("[1 \"ab\"]") == "3: unexpected string, expected ',' or ']'");
  CHECK(error_of("[1 true]") == "3: unexpected 'true', expected ',' or ']'");
  CHECK(error_of("[1, 2") == "5: unexpected end of the text, expected ',' or ']'");
  CHECK(error_of("{\"a\" 1}") == "5: unexpected number, expected ':'");
  CHECK(error_of("{\"a\":1 ]") == "7: unexpected ']', expected ',' or '}'");
  CHECK(error_of("{1:2}") == "1: unexpected number, expected a key in double quotes");
  CHECK(error_of("[1] 2") == "4: unexpected number, expected nothing more");
  CHECK(error_of("01") == "1: unexpected number, expected nothing more");
}

TEST_CASE("an error about a word or character that is not JSON shows all of it") {
  CHECK(error_of("[1, nulx]") == "4: unexpected 'nulx', expected a value");
  CHECK(error_of("[tru") == "1: unexpected 'tru', expected a value");
  CHECK(error_of("True") == "0: unexpected 'True', expected a value");
  CHECK(error_of("[1, NaN]") == "4: unexpected 'NaN', expected a value");
  CHECK(error_of("['a']") == "1: unexpected ''', expected a value");
  CHECK(error_of("{a: 1}") == "1: unexpected 'a', expected a key in double quotes");
  CHECK(error_of("[1 x]") == "3: unexpected 'x', expected ',' or ']'");
  CHECK(error_of("[\xe2\x80\x9c"
                 "a]") == "1: unexpected '\xe2\x80\x9c', expected a value");
  CHECK(error_of("\xff") == "0: unexpected byte 0xff, expected a value");
}

TEST_CASE("an error about a bad string or number has the reason") {
  CHECK(error_of("[\"abc") == "1: invalid string: missing closing quote");
  CHECK(error_of("[\"number overflow\n") ==
        "17: invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n");
  CHECK(error_of("\"a\nb\"") == "2: invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n");
  CHECK(error_of("\"\\q\"") == "2: invalid string: forbidden character after backslash");
  CHECK(error_of("\"\xc3(\"") == "2: invalid string: ill-formed UTF-8 byte");
  CHECK(error_of("\"\\ud800\"") == "7: invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF");
  CHECK(error_of("[-]") == "2: invalid number; expected digit after '-'");
  CHECK(error_of("1.") == "2: invalid number; expected digit after '.'");
}

TEST_CASE("a zero byte is not the end of the text") {
  using namespace std::string_view_literals;
  CHECK(error_of("1\0 2"sv) == "1: unexpected byte 0x00, expected nothing more");
  CHECK(error_of("[1\0]"sv) == "2: unexpected byte 0x00, expected ',' or ']'");
}

TEST_CASE("the last value of a repeated key counts, at the place of the first") {
  CHECK(parsed(R"({"a":"b","a":"c"})") == parsed(R"({"a":"c"})"));  // y_object_duplicated_key
  CHECK(parsed(R"({"a":"b","a":"b"})") == parsed(R"({"a":"b"})"));  // y_object_duplicated_key_and_value
  CHECK(parsed(R"({"a":1,"b":2,"a":3})") == parsed(R"({"a":3,"b":2})"));
  CHECK(parsed(R"([{"x":{"q\"":1, "q\u0022":2}}, 5])") == parsed(R"([{"x":{"q\"":2}}, 5])"));
  CHECK(value_of(R"({"a":{"a":1},"b":{"a":2}})") == json::parse(R"({"a":{"a":1},"b":{"a":2}})"));
}

TEST_CASE("a repeated key leaves containers with long heads intact at any position") {
  const std::string longer = "[" + repeated("7,", 40) + "{\"k\":[" + repeated("1,", 70000) + "1]}]";
  const std::string text = R"({"a":)" + longer + R"(,"b":{"c":1,"d":)" + longer + R"(,"c":)" + longer + R"(},"a":)" +
                           longer + R"(,"e":)" + longer + "}";
  CHECK(value_of(text) == json::parse(text));
}

TEST_CASE("a repeated key is found in a large object too") {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  const std::size_t place = text.size();
  text += "\"k7\":0,\"k9\":0}";
  CHECK(value_of(text) == json::parse(text));
  std::string out;
  CHECK(parse_json(text, out)->repeated_key == place);
}

TEST_CASE("a repeated key is reported only for the outermost object") {
  std::string out;
  CHECK(parse_json(R"({"a":1,"b":2,"a":3})", out)->repeated_key == 13);
  CHECK(parse_json(R"({"a":{"b":1,"b":2}})", out)->repeated_key == std::string_view::npos);
  CHECK(parse_json(R"([{"b":1,"b":2}])", out)->repeated_key == std::string_view::npos);
}

TEST_CASE("nesting is allowed up to max_depth and no deeper") {
  CHECK(is_value(parsed(repeated("[", max_depth) + repeated("]", max_depth))));
  CHECK(error_of(repeated("[", max_depth + 1)) == "512: nested deeper than 512 levels");
  CHECK(error_of(repeated("{\"a\":", 600)) == "2560: nested deeper than 512 levels");
  CHECK(error_of(repeated("[", 1'000'000)) == "512: nested deeper than 512 levels");
}
