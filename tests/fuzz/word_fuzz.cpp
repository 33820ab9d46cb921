// Bytes of any kind as a word of the command line: a range, a product, a value, a call. No crash; an error lies within the word
// and says something; a range has both its ends where its step meets them; a product gives what it counts.
#include "input/words/call_text.hpp"
#include "input/words/range_text.hpp"
#include "input/words/word.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace prun;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_error(const TextError& error, std::string_view text) {
  require(!error.message.empty() && error.offset <= text.size());
}

/// The elements from both ends are values, and each is written as it is read: as a range of itself alone.
void check_range(const TextRange& range) {
  const IntRange& numbers = range.numbers;
  require(numbers.count > 0 && numbers.step != 0);
  const std::int64_t first = numbers[0];
  const std::int64_t last = numbers[numbers.count - 1];
  require(first == numbers.start);
  require(numbers.count == 1 || (numbers.step > 0 ? last > first : last < first));
  for (const std::uint64_t i : {std::uint64_t{0}, numbers.count / 2, numbers.count - 1}) {
    std::string text;
    range.append_text(i, text);
    std::string value;
    range.append_value(i, value);
    require(wire::is_value(value));
    if (range.kind == TextRange::Kind::decimals && range.digits > 18) continue;  // then 1 is too large a step
    const auto again = parse_range(text + ".." + text);
    require(again && again->numbers.count == 1 && again->numbers.start == numbers[i]);
    std::string written;
    again->append_text(0, written);
    require(written == text);
  }
}

struct CheckInput {
  void operator()(const InputValue& value) const { require(wire::is_value(value.value)); }
  void operator()(const TextRange& range) const { check_range(range); }
  void operator()(const Product& product) const {
    std::string value;
    for (const std::uint64_t i : {std::uint64_t{0}, product.count / 2, product.count - 1}) {
      if (i >= product.count) continue;
      product.assign(i, value);
      require(wire::is_value(value));
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (looks_like_range(text)) {
    const auto range = parse_range(text);
    range ? check_range(*range) : check_error(range.error(), text);
  }
  if (looks_like_call(text)) {
    require(!called_name(text).empty());
    const auto call = parse_call(text);
    call ? require(wire::is_value(call->args)) : check_error(call.error(), text);
  }
  static_cast<void>(range_hint(text));
  const auto literal = parse_literal_word(text);
  literal ? std::visit(CheckInput{}, *literal) : check_error(literal.error(), text);
  const auto input = parse_word(text);
  input ? std::visit(CheckInput{}, *input) : check_error(input.error(), text);
  return 0;
}
