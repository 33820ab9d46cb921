// Bytes of any kind as a word of the command line: a range, a product, a value, a call. No crash; an error lies within the word
// and says something; a range has both its ends where its step meets them; a product gives what it counts.
#include "input/call_text.hpp"
#include "input/range_text.hpp"
#include "input/word.hpp"
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

void check_range(const IntRange& range) {
  if (range.count == 0) return;
  require(range.step != 0);
  const std::int64_t first = range[0];
  const std::int64_t last = range[range.count - 1];
  require(first == range.start);
  require(range.count == 1 || (range.step > 0 ? last > first : last < first));
}

struct CheckInput {
  void operator()(const InputValue& value) const { require(wire::is_value(value.value)); }
  void operator()(const IntRange& range) const { check_range(range); }
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
  const auto input = parse_word(text);
  input ? std::visit(CheckInput{}, *input) : check_error(input.error(), text);
  return 0;
}
