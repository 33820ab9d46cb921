// A value prints as compact JSON that reads back as the same value.
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

using namespace prun::wire;
using nlohmann::json;

namespace {

std::string printed(std::string_view value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string printed_float(double v) {
  std::string value;
  ValueWriter(value).floating(v);
  return printed(value);
}

std::string round_trip(std::string_view text) {
  std::string value;
  REQUIRE(parse_json(text, value).has_value());
  return printed(value);
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("compact JSON prints as it was read") {
  for (const char* text :
       {"null", "true", "false", "0", "-5", "18446744073709551615", "-9223372036854775808", "1.5", "\"x\"", "[]", "{}",
        R"({"b":[1,2.0,"x"],"a":{"c":null}})", R"(["\"\\\n\t\r\b\f\u0001/"])"}) {
    CHECK(round_trip(text) == text);
  }
}

TEST_CASE("numbers of more than 64 bits print their digits, and bytes print in Base64") {
  std::string value;
  ValueWriter writer(value);
  writer.array(2);
  writer.decimal("-340282366920938463463374607431768211456");
  writer.decimal("1E+400");
  CHECK(printed(value) == "[-340282366920938463463374607431768211456,1E+400]");
  value.clear();
  writer.decimal("1,2");
  CHECK(printed(value) == R"("1,2")");
  for (const auto& [bytes, text] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {std::string("\0\xff\xfe", 3), "AP/+"}}) {
    value.clear();
    writer.binary(bytes);
    CHECK(printed(value) == '"' + text + '"');
  }
}

TEST_CASE("floats print in their shortest form and stay floats") {
  CHECK(printed_float(1.0) == "1.0");
  CHECK(printed_float(-0.0) == "-0.0");
  CHECK(printed_float(0.1) == "0.1");
  CHECK(printed_float(1e22) == "1e+22");
  CHECK(printed_float(100000.0) == "100000.0");
  CHECK(printed_float(0.0001) == "0.0001");
  CHECK(printed_float(0.00001) == "1e-05");
  CHECK(printed_float(9007199254740993.0) == "9007199254740992.0");
  CHECK(printed_float(5e-324) == "5e-324");
  CHECK(printed_float(-1.7976931348623157e308) == "-1.7976931348623157e+308");
  CHECK(printed_float(std::nan("")) == "\"NaN\"");
  CHECK(printed_float(HUGE_VAL) == "\"Infinity\"");
  CHECK(printed_float(-HUGE_VAL) == "\"-Infinity\"");
}

TEST_CASE("every float reads back as the same bits") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const double v = std::bit_cast<double>(random());
    if (!std::isfinite(v)) continue;
    std::string value;
    REQUIRE(parse_json(printed_float(v), value).has_value());
    CHECK(ValueReader(value).floating() == v);
  }
}

TEST_CASE("strings are escaped only where JSON requires it") {
  CHECK(json_string("plain /text\x7f") == "\"plain /text\x7f\"");
  CHECK(json_string(std::string_view("\0\x1f", 2)) == R"("\u0000\u001f")");
  CHECK(json_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

TEST_CASE("each byte that is not UTF-8 becomes U+FFFD") {
  const std::string mark = "\xef\xbf\xbd";
  CHECK(json_string("a\xff"
                    "b") == "\"a" + mark + "b\"");
  CHECK(json_string("\xc0\xaf") == '"' + mark + mark + '"');                        // overlong
  CHECK(json_string("\xed\xa0\x80") == '"' + mark + mark + mark + '"');             // a surrogate
  CHECK(json_string("\xf4\x90\x80\x80") == '"' + mark + mark + mark + mark + '"');  // beyond U+10FFFF
  CHECK(json_string("\xe2\x82") == '"' + mark + mark + '"');                        // cut short
  for (int byte = 0; byte < 256; ++byte) CHECK(json::accept(json_string(std::string(2, static_cast<char>(byte)))));
}

TEST_CASE("bytes that are not a value are refused") {
  CHECK_THROWS_AS((void)printed(""), DecodeError);
  CHECK_THROWS_AS((void)printed("\x92\x01"), DecodeError);
  CHECK_THROWS_WITH_AS((void)printed("\x01\x02"), "1 bytes follow the value", DecodeError);
  CHECK_THROWS_WITH_AS((void)printed(std::string(513, '\x91') + "\x01"), "nested deeper than 512 levels", DecodeError);
  CHECK(printed(std::string(512, '\x91') + "\x01").size() == 2 * 512 + 1);
}
