// Integers, encoded and as digits, against the general reader and the standard library.
#include "wire/digits.hpp"

#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using namespace prun;

namespace {

/// Around every power of two and of ten, and the ends.
std::vector<std::int64_t> edges() {
  std::vector<std::int64_t> all{0, INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1};
  const auto around = [&](std::uint64_t power) {
    for (const std::int64_t step : {-1, 0, 1}) {
      const auto number = static_cast<std::int64_t>(power + static_cast<std::uint64_t>(step));
      all.push_back(number);
      if (number != INT64_MIN) all.push_back(-number);
    }
  };
  for (unsigned bit = 0; bit < 63; ++bit) around(std::uint64_t{1} << bit);
  for (std::uint64_t power = 1; power < std::uint64_t{1} << 60U; power *= 10) around(power);
  return all;
}

std::string encoded(std::int64_t number) {
  std::string bytes;
  wire::ValueWriter(bytes).integer(number);
  return bytes;
}

template <class T>
std::string digits_of(T number) {
  std::array<char, wire::most_digits> text{};
  char* const end = text.data() + text.size();
  return {wire::put_integer(end, number), end};
}

}  // namespace

TEST_CASE("an encoded integer is found as it was written, skipped and told by its kind") {
  for (const std::int64_t number : edges()) {
    CAPTURE(number);
    const std::string bytes = encoded(number);
    CHECK(wire::integer_in(bytes) == number);
    const std::string with_more = bytes + "x";
    wire::ValueReader reader(with_more);
    CHECK(reader.peek() == wire::Kind::integer);
    CHECK(reader.skip() == bytes);
    CHECK(reader.rest() == "x");
  }
}

TEST_CASE("a value that is not a signed 64-bit integer is refused") {
  const auto none = [](std::string_view bytes) { return !wire::integer_in(bytes).has_value(); };
  CHECK(none(""));
  for (const char* bytes : {"\xc0", "\xc2", "\x80", "\x90", "\xa0"}) CHECK(none(bytes));
  CHECK(none("\x01\x02"));
  for (const std::int64_t number : edges()) {
    const std::string bytes = encoded(number);
    if (bytes.size() > 1) CHECK(none(std::string_view(bytes).substr(0, bytes.size() - 1)));
    CHECK(none(bytes + '\0'));
  }
  std::string above;
  wire::ValueWriter(above).unsigned_integer(std::uint64_t{INT64_MAX} + 1);
  CHECK(none(above));
  CHECK(wire::ValueReader(above).peek() == wire::Kind::unsigned_integer);
  std::string floating;
  wire::ValueWriter(floating).floating(1.5);
  CHECK(none(floating));
  CHECK(wire::ValueReader(floating).peek() == wire::Kind::floating);
}

TEST_CASE("a truncated number is refused by every reader") {
  for (unsigned tag = 0xca; tag <= 0xd3; ++tag) {
    const std::string bytes(1, static_cast<char>(tag));
    CHECK_THROWS_AS(static_cast<void>(wire::ValueReader(bytes).peek()), wire::DecodeError);
    CHECK_THROWS_AS(static_cast<void>(wire::ValueReader(bytes).skip()), wire::DecodeError);
  }
}

TEST_CASE("digits are those of the standard library") {
  for (const std::int64_t number : edges()) CHECK(digits_of(number) == std::to_string(number));
  CHECK(digits_of(UINT64_MAX) == "18446744073709551615");
  CHECK(digits_of(std::int32_t{-7}) == "-7");
  CHECK(digits_of(INT32_MIN) == "-2147483648");
}
