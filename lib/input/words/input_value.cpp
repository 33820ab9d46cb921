// The first characters of a text decide whether it is JSON. So a misspelt list is an error, and a file name is a string.
#include "input/words/input_value.hpp"

#include "input/json/json_text.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace prun {
namespace {

bool begins_like_json(std::string_view text) noexcept {
  return text.starts_with('[') || text.starts_with('{') || text.starts_with('"');
}

/// The most common input: an integer of few digits.
bool append_short_integer(std::string_view text, std::string& value) {
  constexpr std::size_t always_fits = 18;
  if (text.empty() || text.size() > always_fits || (text.front() == '0' && text.size() > 1)) return false;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  wire::ValueWriter(value).integer(number);
  return true;
}

/// An array may contain all arguments of a call, and quotes mark a word as a string.
bool append_quoted(std::string_view text, std::string& value, std::string& defect) {
  const std::string_view core = without_space_around(text);
  if (!core.starts_with('[') && !core.starts_with('"')) return false;
  const auto parsed = wire::parse_json(text, value);
  if (parsed && parsed->big_integer) defect = describe_big_integer(text);
  return parsed.has_value();
}

}  // namespace

bool is_json_scalar_word(std::string_view text) noexcept {
  return text == "true" || text == "false" || text == "null" || is_json_number(text);
}

tl::expected<void, TextError> append_input_value(std::string_view text, std::string& value, std::string& defect,
                                                 InputForm form) {
  if (form != InputForm::json) {
    if (form == InputForm::text || !append_quoted(text, value, defect)) wire::ValueWriter(value).string(text);
    return {};
  }
  if (append_short_integer(text, value)) return {};
  const std::string_view core = without_space_around(text);
  const bool must_be_json = begins_like_json(core);
  if (!must_be_json && !is_json_scalar_word(core)) {
    wire::ValueWriter(value).string(text);
    return {};
  }
  auto parsed = wire::parse_json(text, value);
  if (!parsed) {
    wire::JsonError& error = parsed.error();
    if (must_be_json) {
      error.message += "; text that begins with '" + std::string(core.substr(0, 1)) +
                       "' must be JSON; to pass it as a string, write it in quotes";
    }
    return tl::unexpected(TextError{std::move(error.message), error.offset});
  }
  if (parsed->big_integer) defect = describe_big_integer(text);
  return {};
}

}  // namespace prun
