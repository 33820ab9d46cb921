// Ranges are computed with unsigned integers, so the distance of two bounds cannot overflow.
#include "input/words/range_text.hpp"

#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace prun {
namespace {

constexpr std::string_view form = "expected FROM..TO or FROM..TO..STEP, such as 1..39 or 39..1..2";
constexpr std::string_view digit_characters = "0123456789";

std::size_t digits_at(std::string_view text, std::size_t from) noexcept {
  return std::min(text.find_first_not_of(digit_characters, from), text.size()) - std::min(from, text.size());
}

/// The length of an integer with an optional sign at the start; 0 if there is none.
std::size_t integer_length(std::string_view text) noexcept {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t digits = digits_at(text, sign);
  return digits == 0 ? 0 : sign + digits;
}

/// The same for a number that may have decimals: `1.5`, but of `1..5` only `1`.
std::size_t number_length(std::string_view text) noexcept {
  const std::size_t whole = integer_length(text);
  if (whole == 0 || whole >= text.size() || text[whole] != '.') return whole;
  const std::size_t decimals = digits_at(text, whole + 1);
  return decimals == 0 ? whole : whole + 1 + decimals;
}

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }

/// The whole text is `a..e` or `a..e..2`.
bool is_letter_range(std::string_view text) noexcept {
  if (text.size() < 4 || text.substr(1, 2) != "..") return false;
  const bool letters = (is_lower(text[0]) && is_lower(text[3])) || (is_upper(text[0]) && is_upper(text[3]));
  if (!letters || text.size() == 4) return letters;
  return text.substr(4, 2) == ".." && text.size() > 6 && integer_length(text.substr(6)) == text.size() - 6;
}

struct Number {
  std::string_view text;  // without a plus
  std::size_t decimals = 0;
  std::size_t at = 0;

  [[nodiscard]] bool padded() const noexcept {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    return text.size() > sign + 1 && text[sign] == '0' && text[sign + 1] != '.';
  }
};

/// Takes numbers and dots from the start of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

  bool dots() noexcept {
    if (text_.substr(at_, 2) != "..") return false;
    at_ += 2;
    return true;
  }

  tl::expected<Number, TextError> number(std::string_view what) {
    const std::size_t length = number_length(text_.substr(at_));
    if (length == 0) return error(fmt::format("bad range: its {} is not a number; {}", what, form));
    Number number{text_.substr(at_, length), 0, at_};
    if (number.text.starts_with('+')) number.text.remove_prefix(1);
    const std::size_t point = number.text.find('.');
    if (point != std::string_view::npos) number.decimals = number.text.size() - point - 1;
    at_ += length;
    return number;
  }

  [[nodiscard]] tl::unexpected<TextError> error(std::string message) const {
    return tl::unexpected(TextError{std::move(message), at_});
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<TextError> error(std::string message, std::size_t at = 0) {
  return tl::unexpected(TextError{std::move(message), at});
}

/// The number times 10^decimals.
tl::expected<std::int64_t, TextError> scaled(const Number& number, std::size_t decimals, std::string_view what) {
  std::string digits(number.text);
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  digits.append(decimals - number.decimals, '0');
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc{}) return value;
  return error(decimals > 0 ? fmt::format("bad range: its {} has too many digits; 18 are exact", what)
                            : fmt::format("bad range: its {} does not fit 64 bits; it must be from {} to {}", what,
                                          INT64_MIN, INT64_MAX),
               number.at);
}

tl::expected<IntRange, TextError> make_range(std::int64_t from, std::int64_t to, std::int64_t step) {
  const auto low = static_cast<std::uint64_t>(std::min(from, to));
  const std::uint64_t distance = static_cast<std::uint64_t>(std::max(from, to)) - low;
  const std::uint64_t size = step < 0 ? 0 - static_cast<std::uint64_t>(step) : static_cast<std::uint64_t>(step);
  if (size > INT64_MAX) {
    return error(fmt::format("bad range: its step is too large; it must be from {} to {}", -INT64_MAX, INT64_MAX));
  }
  const std::uint64_t steps = distance / size;
  if (steps == UINT64_MAX) return error("bad range: it has more than 2^64 - 1 elements");
  const auto magnitude = static_cast<std::int64_t>(size);
  return IntRange{from, from <= to ? magnitude : -magnitude, steps + 1};
}

tl::expected<TextRange, TextError> make_text_range(const Number& from, const Number& to, const Number& step) {
  const std::size_t decimals = std::max({from.decimals, to.decimals, step.decimals});
  const auto first = scaled(from, decimals, "start");
  if (!first) return tl::unexpected(first.error());
  const auto last = scaled(to, decimals, "end");
  if (!last) return tl::unexpected(last.error());
  const auto by = scaled(step, decimals, "step");
  if (!by) return tl::unexpected(by.error());
  if (*by == 0) {
    return error(fmt::format("bad range: its step is 0, expected {}", decimals > 0 ? "a positive number" : "1 or more"),
                 step.at);
  }
  const auto numbers = make_range(*first, *last, *by);
  if (!numbers) return tl::unexpected(numbers.error());
  if (decimals > 0) return TextRange{*numbers, TextRange::Kind::decimals, decimals};
  if (!from.padded() && !to.padded()) return TextRange{*numbers, TextRange::Kind::integers, 0};
  return TextRange{*numbers, TextRange::Kind::padded, std::max(from.text.size(), to.text.size())};
}

tl::expected<TextRange, TextError> parse_letters(std::string_view text) {
  const std::string_view digits = text.size() > 6 ? text.substr(6) : "1";
  const auto step = scaled({digits.substr(digits.starts_with('+') ? 1 : 0), 0, 6}, 0, "step");
  if (!step) return tl::unexpected(step.error());
  if (*step == 0) return error("bad range: its step is 0, expected 1 or more", 6);
  return make_range(text[0], text[3], *step).map([](const IntRange& codes) {
    return TextRange{codes, TextRange::Kind::letters, 0};
  });
}

void append_decimal(std::int64_t value, std::size_t decimals, std::string& out) {
  std::string digits =
      std::to_string(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (value < 0) out += '-';
  out.append(digits, 0, digits.size() - decimals);
  out += '.';
  out.append(digits, digits.size() - decimals);
}

}  // namespace

void TextRange::append_text(std::uint64_t i, std::string& out) const {
  const std::int64_t number = numbers[i];
  switch (kind) {
    case Kind::integers: fmt::format_to(std::back_inserter(out), "{}", number); break;
    case Kind::padded: fmt::format_to(std::back_inserter(out), "{:0{}}", number, digits); break;
    case Kind::decimals: append_decimal(number, digits, out); break;
    case Kind::letters: out += static_cast<char>(number); break;
  }
}

void TextRange::append_value(std::uint64_t i, std::string& out) const {
  wire::ValueWriter writer(out);
  if (kind == Kind::integers) return writer.integer(numbers[i]);
  std::string text;
  append_text(i, text);
  if (kind != Kind::decimals) return writer.string(text);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  writer.floating(number);
}

bool looks_like_range(std::string_view text) noexcept {
  const std::size_t length = number_length(text);
  if (length == 0) return is_letter_range(text);
  if (text.substr(length, 2) != "..") return false;
  return length == integer_length(text) || text.find_first_not_of("0123456789+-.", length) == std::string_view::npos;
}

tl::expected<TextRange, TextError> parse_range(std::string_view text) {
  if (is_letter_range(text)) return parse_letters(text);
  Cursor cursor(text);
  const auto from = cursor.number("start");
  if (!from) return tl::unexpected(from.error());
  if (!cursor.dots()) return cursor.error(fmt::format("bad range: {}", form));
  const auto to = cursor.number("end");
  if (!to) return tl::unexpected(to.error());
  Number step{"1", 0, 0};
  if (!cursor.at_end()) {
    if (!cursor.dots()) return cursor.error(fmt::format("bad range: unexpected text; {}", form));
    const auto given = cursor.number("step");
    if (!given) return tl::unexpected(given.error());
    if (!cursor.at_end()) return cursor.error(fmt::format("bad range: unexpected text; {}", form));
    step = *given;
  }
  return make_text_range(*from, *to, step);
}

namespace {

/// For a word such as 1..a, ..3 or aa..cc. Other words with two dots are usually names.
bool is_almost_range(std::string_view word) {
  const std::size_t dots = word.find("..");
  if (dots == std::string_view::npos || (looks_like_range(word) && parse_range(word))) return false;
  const std::string_view first = word.substr(0, dots);
  const std::string_view last = word.substr(dots + 2);
  const auto letters_and_digits = [](std::string_view text) {
    return text.size() <= 8 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  };
  if (!letters_and_digits(first) || !letters_and_digits(last)) return false;
  const auto is_number = [](std::string_view text) { return !text.empty() && integer_length(text) == text.size(); };
  return is_number(first) || is_number(last) || (first.size() == last.size() && !first.empty() && first.size() <= 2);
}

/// `1-10` with dots, `1..10`; empty if the text is not two integers with one of these signs between them.
std::string with_dots(std::string_view text, std::string_view signs) {
  const std::size_t first = integer_length(text);
  if (first == 0 || first + 1 >= text.size() || signs.find(text[first]) == std::string_view::npos) return {};
  if (digits_at(text, first + 1) != text.size() - first - 1) return {};
  return fmt::format("{}..{}", text.substr(0, first), text.substr(first + 1));
}

/// The elements of a list such as `1-3,5,7..9`, as words for prun; no words if one is neither an integer nor a range.
struct Elements {
  std::vector<std::string> words;
  std::size_t ranges = 0;  ///< of the words
  std::size_t dashes = 0;  ///< of the ranges: these were written with a dash
};

Elements elements_of(std::string_view list) {
  Elements elements;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t end = std::min(list.find(',', from), list.size());
    std::string word(list.substr(from, end - from));
    from = end + 1;
    if (std::string range = with_dots(word, "-"); !range.empty()) {
      word = std::move(range);
      ++elements.dashes;
    }
    const bool range = looks_like_range(word);
    if (range ? !parse_range(word) : word.empty() || integer_length(word) != word.size()) return {};
    if (range) ++elements.ranges;
    elements.words.push_back(std::move(word));
  }
  return elements;
}

std::string separate(const Elements& elements) {
  return fmt::format("; several inputs are separate words: {}", fmt::join(elements.words, " "));
}

}  // namespace

std::string range_hint(std::string_view word) {
  if (is_almost_range(word)) return "; a range is written as 1..10, 001..100, a..e or 0.1..1.0..0.1";
  if (word.size() > 2 && word.front() == '{' && word.back() == '}') {
    const std::string_view inside = word.substr(1, word.size() - 2);
    const bool range = looks_like_range(inside) && parse_range(inside);
    return range ? fmt::format("; a range is written without braces: {}", inside) : std::string();
  }
  if (const std::string range = with_dots(word, "-:"); !range.empty()) return "; a range is written " + range;
  const Elements elements = elements_of(word);
  return elements.words.size() < 2 || elements.ranges > elements.dashes ? std::string() : separate(elements);
}

std::string product_hint(std::string_view word) {
  const Elements elements = elements_of(word);
  if (elements.words.size() < 2 || elements.ranges == 0) return {};
  if (elements.dashes > 0 || elements.ranges < elements.words.size()) return separate(elements);
  return fmt::format("; for all combinations, write ::: {}", fmt::join(elements.words, " ::: "));
}

}  // namespace prun
