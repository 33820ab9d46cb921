// See values.hpp.
#include "support/values.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

#include <stdexcept>

namespace prun::test {

std::string value(std::int64_t number) {
  std::string bytes;
  wire::ValueWriter(bytes).integer(number);
  return bytes;
}

std::string value(std::string_view text) {
  std::string bytes;
  wire::ValueWriter(bytes).string(text);
  return bytes;
}

std::string json_value(std::string_view json) {
  std::string bytes;
  if (const auto parsed = wire::parse_json(json, bytes); !parsed) throw std::invalid_argument(parsed.error().message);
  return bytes;
}

std::string array_of(std::int64_t number) {
  std::string bytes;
  wire::ValueWriter writer(bytes);
  writer.array(1);
  writer.integer(number);
  return bytes;
}

std::string json_of(std::string_view value) {
  std::string text;
  wire::append_json(text, value);
  return text;
}

}  // namespace prun::test
