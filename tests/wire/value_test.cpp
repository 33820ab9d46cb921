// What is written is MessagePack, and what is read is checked to its last byte. The oracle is nlohmann's own
// MessagePack.
#include "wire/value.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace prun::wire;
using nlohmann::json;

namespace {

std::string bytes_of(const json& value) {
  const std::vector<std::uint8_t> bytes = json::to_msgpack(value);
  return {bytes.begin(), bytes.end()};
}

std::string written(auto write) {
  std::string out;
  ValueWriter writer(out);
  write(writer);
  return out;
}

std::string nested(int depth) { return std::string(static_cast<std::size_t>(depth), '\x91') + '\xc0'; }

}  // namespace

TEST_CASE("integers of every width are written in the shortest form and read back") {
  for (int bit = 0; bit < 64; ++bit) {
    for (const std::int64_t around : {-1, 0, 1}) {
      const auto v = static_cast<std::int64_t>((std::uint64_t{1} << bit) + static_cast<std::uint64_t>(around));
      for (const std::int64_t n : {v, static_cast<std::int64_t>(-static_cast<std::uint64_t>(v))}) {
        CAPTURE(n);
        const std::string bytes = written([&](auto& w) { w.integer(n); });
        CHECK(bytes == bytes_of(n));
        ValueReader reader(bytes);
        CHECK(reader.peek() == Kind::integer);
        CHECK(reader.integer() == n);
        CHECK(reader.at_end());
      }
    }
  }
}

TEST_CASE("unsigned integers above INT64_MAX are a kind of their own") {
  const std::uint64_t largest = UINT64_MAX;
  const std::string bytes = written([&](auto& w) { w.unsigned_integer(largest); });
  CHECK(bytes == bytes_of(largest));
  CHECK(ValueReader(bytes).peek() == Kind::unsigned_integer);
  CHECK(ValueReader(bytes).unsigned_integer() == largest);
  CHECK_THROWS_WITH_AS((void)ValueReader(bytes).integer(), "expected an integer, found an integer above 2^63 - 1",
                       DecodeError);
}

TEST_CASE("an unsigned integer that fits is the same as an integer") {
  for (const std::uint64_t v :
       {0ull, 127ull, 128ull, 255ull, 256ull, 65535ull, 65536ull, 4294967296ull, 9223372036854775807ull}) {
    const std::string bytes = written([&](auto& w) { w.unsigned_integer(v); });
    CHECK(bytes == written([&](auto& w) { w.integer(static_cast<std::int64_t>(v)); }));
    CHECK(ValueReader(bytes).unsigned_integer() == v);
  }
  CHECK_THROWS_WITH_AS((void)ValueReader("\xff").unsigned_integer(), "expected an integer of 0 or more, found -1",
                       DecodeError);
}

TEST_CASE("floats keep every bit") {
  for (const double v : {0.0, -0.0, 1.5, -1e308, 5e-324, HUGE_VAL, -HUGE_VAL}) {
    const std::string bytes = written([&](auto& w) { w.floating(v); });
    CHECK(bytes.size() == 9);
    CHECK(std::bit_cast<std::uint64_t>(ValueReader(bytes).floating()) == std::bit_cast<std::uint64_t>(v));
  }
  CHECK(std::isnan(ValueReader(written([](auto& w) { w.floating(std::nan("")); })).floating()));
}

TEST_CASE("strings of every length class are written as MessagePack has them") {
  for (const std::size_t size : {0u, 1u, 31u, 32u, 255u, 256u, 65535u, 65536u}) {
    const std::string text(size, 'x');
    const std::string bytes = written([&](auto& w) { w.string(text); });
    CHECK(bytes == bytes_of(text));
    CHECK(ValueReader(bytes).string() == text);
  }
}

TEST_CASE("arrays and maps of every length class have the heads of MessagePack") {
  for (const std::uint32_t size : {0u, 15u, 16u, 65535u, 65536u}) {
    std::string array = written([&](auto& w) { w.array(size); });
    array.append(size, '\x01');
    CHECK(array == bytes_of(json(std::vector<int>(size, 1))));
    CHECK(ValueReader(array).array() == size);
    CHECK(is_value(array));
    std::string map = written([&](auto& w) { w.map(size); });
    for (std::uint32_t i = 0; i < size; ++i) map += "\xa1k\x01";
    CHECK(ValueReader(map).map() == size);
    CHECK(is_value(map));
  }
}

TEST_CASE("longer forms and float32 of other MessagePack writers are read") {
  using namespace std::string_view_literals;
  for (const std::string_view seven : {"\x07"sv, "\xcc\x07"sv, "\xcd\x00\x07"sv, "\xce\x00\x00\x00\x07"sv, "\xd0\x07"sv,
                                       "\xcf\x00\x00\x00\x00\x00\x00\x00\x07"sv, "\xd1\x00\x07"sv,
                                       "\xd2\x00\x00\x00\x07"sv, "\xd3\x00\x00\x00\x00\x00\x00\x00\x07"sv}) {
    CHECK(ValueReader(seven).peek() == Kind::integer);
    CHECK(ValueReader(seven).integer() == 7);
    CHECK(ValueReader(seven).unsigned_integer() == 7);
  }
  CHECK(ValueReader("\xd3\xff\xff\xff\xff\xff\xff\xff\xfe"sv).integer() == -2);
  CHECK(ValueReader("\xca\x3f\xc0\x00\x00"sv).floating() == 1.5);
  CHECK(ValueReader("\xdb\x00\x00\x00\x01y"sv).string() == "y");
  CHECK(ValueReader("\xdd\x00\x00\x00\x00"sv).array() == 0);
  CHECK(ValueReader("\xdf\x00\x00\x00\x00"sv).map() == 0);
}

TEST_CASE("numbers as text and bytes are values of every length, and no strings") {
  for (const std::size_t size : {0U, 1U, 255U, 256U, 65535U, 65536U, 70000U}) {
    CAPTURE(size);
    const std::string digits(size, '7');
    std::string value;
    ValueWriter writer(value);
    writer.decimal(digits);
    writer.binary(digits);
    ValueReader reader(value);
    CHECK(reader.peek() == Kind::decimal);
    CHECK_THROWS_AS((void)ValueReader(value).string(), DecodeError);
    CHECK(reader.decimal() == digits);
    CHECK(reader.peek() == Kind::binary);
    CHECK(reader.binary() == digits);
    CHECK(reader.at_end());
    CHECK_FALSE(is_value(value.substr(0, value.size() - 1)));
    ValueReader skipping(value);
    (void)skipping.skip();
    CHECK(is_value(skipping.skip()));
    CHECK(skipping.at_end());
  }
}

TEST_CASE("extensions and the unused tag are no values") {
  for (const unsigned tag : {0xc1u, 0xc7u, 0xc8u, 0xc9u, 0xd4u, 0xd5u, 0xd6u, 0xd7u, 0xd8u}) {
    const std::string bytes = std::string(1, static_cast<char>(tag)) + std::string(20, '\0');
    CHECK_FALSE(is_value(bytes));
    CHECK_THROWS_AS((void)ValueReader(bytes).peek(), DecodeError);
  }
  CHECK_THROWS_WITH_AS((void)ValueReader("\xc1").skip(), "byte 0xc1 begins no value that prun uses", DecodeError);
}

TEST_CASE("every prefix of a value is refused") {
  const json value = {{"a", {1, 300, -70000, 1.5, nullptr, true}}, {"b", std::string(40, 'x')}, {"c", json::object()}};
  const std::string bytes = bytes_of(value);
  REQUIRE(is_value(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(is_value(bytes.substr(0, length)));
    CHECK_THROWS_AS((void)ValueReader(bytes.substr(0, length)).skip(), DecodeError);
  }
  CHECK_FALSE(is_value(bytes + '\x01'));
}

TEST_CASE("a count larger than the bytes that are left is refused before anything is reserved") {
  using namespace std::string_view_literals;
  CHECK_THROWS_WITH_AS((void)ValueReader("\xdd\xff\xff\xff\xff\x01"sv).array(),
                       "an array of 4294967295 elements is cut short: only 1 bytes are left", DecodeError);
  CHECK_THROWS_AS((void)ValueReader("\x82\xa0\x01\xa0"sv).map(), DecodeError);
  CHECK_THROWS_AS((void)ValueReader("\xdb\xff\xff\xff\xff\x01"sv).string(), DecodeError);
  CHECK_THROWS_AS((void)ValueReader("\xa2\x61"sv).string(), DecodeError);
  CHECK_FALSE(is_value("\xdf\xff\xff\xff\xff"sv));
}

TEST_CASE("nesting is allowed up to max_depth and no deeper") {
  CHECK(is_value(nested(max_depth)));
  CHECK_FALSE(is_value(nested(max_depth + 1)));
  CHECK_THROWS_WITH_AS((void)ValueReader(nested(1'000'000)).skip(), "nested deeper than 512 levels", DecodeError);
}

TEST_CASE("siblings do not count as depth") {
  std::string bytes = written([](auto& w) { w.array(2000); });
  for (int i = 0; i < 2000; ++i) bytes += '\x90';
  CHECK(is_value(bytes));
}

TEST_CASE("a map's keys are strings") {
  CHECK_FALSE(is_value("\x81\x01\x01"));
  CHECK(is_value("\x81\xa1k\x01"));
  CHECK_THROWS_WITH_AS((void)ValueReader("\x82\xa1k\x01\xc0\x01").skip(),
                       "a map's key must be a string, found null at byte 4", DecodeError);
}

TEST_CASE("skip returns one value's bytes and stops behind it") {
  const std::string first = bytes_of({{"k", {1, 2, {3}}}});
  const std::string bytes = first + bytes_of("next");
  ValueReader reader(bytes);
  CHECK(reader.skip() == first);
  CHECK(reader.string() == "next");
  CHECK(reader.at_end());
}

TEST_CASE("reading another kind reports the actual kind and does not move the reader") {
  const std::string bytes = bytes_of("text");
  ValueReader reader(bytes);
  CHECK_THROWS_WITH_AS((void)reader.integer(), "expected an integer, found a string", DecodeError);
  CHECK_THROWS_WITH_AS(reader.null(), "expected null, found a string", DecodeError);
  CHECK_THROWS_WITH_AS((void)reader.boolean(), "expected a boolean, found a string", DecodeError);
  CHECK_THROWS_WITH_AS((void)reader.floating(), "expected a float, found a string", DecodeError);
  CHECK_THROWS_WITH_AS((void)reader.array(), "expected an array, found a string", DecodeError);
  CHECK_THROWS_WITH_AS((void)reader.map(), "expected a map, found a string", DecodeError);
  CHECK(reader.string() == "text");
  CHECK_THROWS_WITH_AS((void)reader.string(), "expected a value, found the end of the bytes", DecodeError);
}
