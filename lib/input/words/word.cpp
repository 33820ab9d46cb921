// Distinguishes kinds of words, and parses products.
#include "input/words/word.hpp"

#include "input/words/input_value.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace prun {
namespace {

/// Splits at the commas outside quotes and brackets.
std::vector<std::string_view> split_parts(std::string_view word) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      ++depth;
    } else if (!quoted && (c == ']' || c == '}')) {
      --depth;
    } else if (!quoted && depth == 0 && c == ',') {
      parts.push_back(word.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(word.substr(start));
  return parts;
}

bool is_product(const std::vector<std::string_view>& parts) {
  if (parts.size() < 2) return false;
  return std::any_of(parts.begin(), parts.end(), looks_like_range) ||
         std::all_of(parts.begin(), parts.end(), is_json_scalar_word);
}

tl::expected<InputValue, TextError> parse_value(std::string_view text) {
  InputValue input;
  if (auto appended = append_input_value(text, input.value, input.defect); !appended) {
    return tl::unexpected(std::move(appended.error()));
  }
  return input;
}

std::uint64_t size_of(const Product::Part& part) {
  const auto* range = std::get_if<TextRange>(&part);
  return range == nullptr ? 1 : range->numbers.count;
}

tl::expected<Product::Part, TextError> parse_part(std::string_view text) {
  if (text.empty()) return tl::unexpected(TextError{"a part of the product is empty, expected a range or a value", 0});
  if (looks_like_range(text)) return parse_range(text).map([](const TextRange& range) { return Product::Part(range); });
  return parse_value(text).map([](InputValue&& value) { return Product::Part(std::move(value)); });
}

tl::expected<Input, TextError> parse_product(std::string_view word, const std::vector<std::string_view>& texts) {
  Product product;
  product.count = 1;
  for (const std::string_view text : texts) {
    const auto offset = static_cast<std::size_t>(text.data() - word.data());
    auto part = parse_part(text);
    if (!part) return tl::unexpected(TextError{std::move(part.error().message), part.error().offset + offset});
    const std::uint64_t size = size_of(*part);
    if (size > UINT64_MAX / product.count) {
      return tl::unexpected(TextError{"the product has more than 2^64 - 1 elements", offset});
    }
    product.count *= size;
    product.parts.push_back(std::move(*part));
  }
  return Input(std::move(product));
}

}  // namespace

void Product::assign(std::uint64_t i, std::string& value) const {
  constexpr std::size_t usual = 8;
  std::array<std::uint64_t, usual> few{};
  std::vector<std::uint64_t> many(parts.size() > usual ? parts.size() : 0);
  std::uint64_t* positions = many.empty() ? few.data() : many.data();
  for (std::size_t p = parts.size(); p-- > 0;) {
    const std::uint64_t size = size_of(parts[p]);
    positions[p] = i % size;
    i /= size;
  }
  value.clear();
  wire::ValueWriter writer(value);
  writer.array(static_cast<std::uint32_t>(parts.size()));
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (const auto* range = std::get_if<TextRange>(&parts[p])) {
      range->append_value(positions[p], value);
    } else {
      writer.raw(std::get<InputValue>(parts[p]).value);
    }
  }
}

std::string_view Product::defect() const noexcept {
  for (const Part& part : parts) {
    const auto* value = std::get_if<InputValue>(&part);
    if (value != nullptr && !value->defect.empty()) return value->defect;
  }
  return {};
}

tl::expected<Input, TextError> parse_word(std::string_view word) {
  const std::vector<std::string_view> parts = split_parts(word);
  if (parts.size() == 1 && looks_like_range(word)) {
    return parse_range(word).map([](const TextRange& range) { return Input(range); });
  }
  if (is_product(parts)) return parse_product(word, parts);
  return parse_literal_word(word);
}

tl::expected<Input, TextError> parse_literal_word(std::string_view word) {
  return parse_value(word).map([](InputValue&& input) { return Input(std::move(input)); });
}

}  // namespace prun
